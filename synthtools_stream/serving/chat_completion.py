"""What one chat completion looks like on the wire, in one piece and as a stream of chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import orjson

from synthtools_stream.chat import wire
from synthtools_stream.chat.language_model import ChatReply
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["DONE", "Answer", "until_stop", "wants_stream", "wants_usage"]

DONE = b"data: [DONE]\n\n"
"""The end of a stream."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply on its way out, in one piece or in chunks that all hold its id, time and model name."""

    id: str
    created: int
    reply: ChatReply

    def whole(self) -> JsonObject:
        """Return the completion in one piece."""
        return wire.to_response(self.reply, reply_id=self.id, created=self.created)

    def opening(self) -> bytes:
        """Return the first chunk, which only names the speaker."""
        return self._event({"role": "assistant", "content": ""})

    def text(self, start: int, end: int) -> bytes:
        """Return the chunk that holds the reply's characters from `start` to `end`."""
        return self._event({"content": self.reply.text[start:end]})

    def closing(self, *, usage: bool) -> Iterator[bytes]:
        """Yield the chunks after the text: tool calls, finish reason, usage if wanted."""
        if self.reply.tool_calls:
            yield self._event({"tool_calls": self._tool_calls()})
        yield self._event({}, self.reply.finish_reason)
        if usage:
            yield self._chunk({"choices": [], "usage": self.whole()["usage"]})

    def _event(self, delta: JsonObject, finish_reason: str | None = None) -> bytes:
        choice: JsonObject = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return self._chunk({"choices": [choice]})

    def _chunk(self, rest: JsonObject) -> bytes:
        stamp: JsonObject = {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.reply.model,
        }
        return b"data: " + orjson.dumps(stamp | rest) + b"\n\n"

    def _tool_calls(self) -> list[Json]:
        return [
            {
                "index": index,
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for index, call in enumerate(self.reply.tool_calls)
        ]


def wants_stream(body: JsonObject) -> bool:
    """Tell whether the answer is to come in chunks."""
    return body.get("stream") is True


def wants_usage(body: JsonObject) -> bool:
    """Tell whether a stream is to end with a usage chunk."""
    options = body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def until_stop(reply: ChatReply, stop: Json) -> ChatReply:
    """Return the reply up to where one of the request's stop words begins; they are no part of it."""
    words = [stop] if isinstance(stop, str) else stop if isinstance(stop, list) else []
    ends = [at for word in words if isinstance(word, str) and (at := reply.text.find(word)) >= 0]
    return replace(reply, text=reply.text[: min(ends)], finish_reason="stop") if ends else reply
