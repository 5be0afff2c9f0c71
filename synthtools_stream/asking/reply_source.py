"""Where the reply to a request comes from: the log, somebody who is asking the same already, or the model.

A reply is in the log, durably, before anybody uses it. What depends on the clock, the machine or the load is kept apart
from it, as `timing`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from synthtools_stream.asking.reply_json import reply_from_json, reply_timing, reply_to_json
from synthtools_stream.asking.request_encoder import RequestEncoder
from synthtools_stream.asking.single_flight import SingleFlight
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel, Usage
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AskObserver", "MemoryReplies", "Replies", "ReplyStore"]


class ReplyStore(Protocol):
    """Replies by request digest; `ReplyLog` is one."""

    async def load(self, digest: str) -> JsonObject | None:
        """Return the reply to a request; None if there is none yet."""
        ...

    async def append(self, digest: str, role: str, item: str, reply: JsonObject, timing: JsonObject) -> JsonObject:
        """Record a reply and return, once it is durable, the one that stands: this one, or an earlier one."""
        ...


class AskObserver(Protocol):
    """Told of every reply that is used, good or bad, once."""

    def on_reply(self, *, stage: str, role: str, usage: Usage, from_log: bool, latency_s: float) -> None:
        """Take note; `latency_s` is 0 for a reply from the log."""
        ...


class MemoryReplies:
    """A reply store that forgets, for tests and for serving."""

    def __init__(self) -> None:
        self.replies: dict[str, JsonObject] = {}
        self.timings: dict[str, JsonObject] = {}

    async def load(self, digest: str) -> JsonObject | None:
        """Return the reply to a request; None if there is none yet."""
        return self.replies.get(digest)

    async def append(self, digest: str, role: str, item: str, reply: JsonObject, timing: JsonObject) -> JsonObject:  # noqa: ARG002 - as in ReplyStore
        """Keep a reply, unless there is one already, and return the one that stands."""
        self.timings.setdefault(digest, timing)
        return self.replies.setdefault(digest, reply)


class Replies:
    """Gets replies, each request being sent once."""

    def __init__(
        self,
        store: ReplyStore,
        *,
        observer: AskObserver | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._observer = observer
        self._clock = clock
        self._encoder = RequestEncoder()
        # A failure is shared: the balancer has retried already, and would once more for each who waits.
        self._in_flight: SingleFlight[ChatReply] = SingleFlight(shared_failures=True)

    async def get(self, model: LanguageModel, request: ChatRequest, *, role: str, item: str) -> ChatReply:
        """Return the reply to `request`.

        :raises SynthToolsError: when `model.chat` or the store raises it, also to those who ask for the same meanwhile.
        """
        digest = self._encoder.digest(request)
        return await self._in_flight.once(digest, lambda: self._fetch(digest, model, request, role, item))

    async def _fetch(self, digest: str, model: LanguageModel, request: ChatRequest, role: str, item: str) -> ChatReply:
        logged = await self._store.load(digest)
        if logged is not None:
            reply = reply_from_json(logged)
            self._tell(request, role, reply, from_log=True, latency_s=0.0)
            return reply
        started = self._clock()
        reply = _with_own_ids(await model.chat(request), digest)
        latency_s = self._clock() - started
        body = reply_to_json(reply)
        standing = await self._store.append(digest, role, item, body, reply_timing(reply, latency_s))
        self._tell(request, role, reply, from_log=False, latency_s=latency_s)
        return reply if standing is body else reply_from_json(standing)

    def _tell(self, request: ChatRequest, role: str, reply: ChatReply, *, from_log: bool, latency_s: float) -> None:
        if self._observer is not None:
            self._observer.on_reply(
                stage=request.stage, role=role, usage=reply.usage, from_log=from_log, latency_s=latency_s
            )


def _with_own_ids(reply: ChatReply, digest: str) -> ChatReply:
    """Name tool calls after the request: servers draw their ids at random, and these stand in the next request.

    Nine letters and digits is what the strictest chat templates ask for.
    """
    if not reply.tool_calls:
        return reply
    calls = tuple(replace(call, id=f"{digest[:7]}{index:02d}") for index, call in enumerate(reply.tool_calls))
    return replace(reply, tool_calls=calls)
