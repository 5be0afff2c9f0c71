"""A model that answers from the replies of an earlier run: the run is replayed without any model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from synthtools_stream.asking.reply_json import reply_from_json
from synthtools_stream.chat.language_model import ChatReply, ChatRequest
from synthtools_stream.chat.wire import request_digest
from synthtools_stream.errors import TransportError
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["RecordedModel", "Recording", "RecordingInMemory"]


class Recording(Protocol):
    """Replies by request digest; an open `ReplyLog` is one."""

    async def load(self, digest: str) -> JsonObject | None:
        """Return the reply to a request; None if there is none."""
        ...


class RecordingInMemory:
    """A recording that was read whole, without opening or locking the run that it comes from."""

    def __init__(self, replies: Mapping[str, JsonObject]) -> None:
        self._replies = replies

    async def load(self, digest: str) -> JsonObject | None:
        """Return the reply to a request; None if there is none."""
        return self._replies.get(digest)


class RecordedModel:
    """Answers what was asked before, word for word."""

    def __init__(self, recording: Recording, model: str) -> None:
        """Answer from `recording`; `model` is the name that the run asked for, since it is in the digests."""
        self._recording = recording
        self._model = model

    @property
    def model(self) -> str:
        """Name of the model that answered when the recording was made."""
        return self._model

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Return the recorded reply.

        :raises TransportError: when the request is not in the recording.
        """
        digest = request_digest(request)
        reply = await self._recording.load(digest)
        if reply is None:
            job = request.schema_name or "native chat"
            raise TransportError(
                f"a request of {job} is not in the recording (digest {digest}): content config or prompts differ"
            )
        return reply_from_json(reply)

    async def aclose(self) -> None:
        """Hold nothing; whoever opened the recording closes it."""
