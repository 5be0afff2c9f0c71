"""What one chat completion looks like on the wire: the checks on its body, and its stream of chunks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import jsonschema_rs
import orjson

from synthtools_stream.chat import wire
from synthtools_stream.chat.language_model import ChatReply
from synthtools_stream.serving.http_refusals import BadRequest
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["DONE", "Answer", "check_body", "parse_body", "wants_stream", "wants_usage"]

DONE = b"data: [DONE]\n\n"
"""The end of a stream."""
DIALECTS = tuple(
    f"{start}/{draft}/schema{end}"
    for start, drafts in {
        "http://json-schema.org": ("draft-04", "draft-06", "draft-07"),
        "https://json-schema.org": ("draft/2019-09", "draft/2020-12"),
    }.items()
    for draft in drafts
    for end in ("", "#")
)
"""What a schema may name under `$schema`: any other name would be fetched from where it points to."""


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


def parse_body(raw: bytes) -> JsonObject:
    """Return the body as a JSON object.

    :raises BadRequest: if it is none.
    """
    try:
        body: Json = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body


def check_body(body: JsonObject) -> None:
    """Refuse what the wire's reader would silently take for a default, and a response schema that is none.

    :raises BadRequest: naming what is wrong.
    """
    if not isinstance(body.get("model"), str):
        raise BadRequest("`model` must be a string.", "model")
    if body.get("n") not in (None, 1):
        raise BadRequest("Only one choice is made: `n` must be 1.", "n")
    for key in ("max_tokens", "max_completion_tokens"):
        _check_count(body, key)
    _check_schema(body)


def _check_schema(body: JsonObject) -> None:
    """Refuse a response schema that is none, as a real server does: no answer could be held to it."""
    form = body.get("response_format")
    wanted = form.get("json_schema") if isinstance(form, dict) and form.get("type") == "json_schema" else None
    schema = wanted.get("schema") if isinstance(wanted, dict) else None
    if not isinstance(schema, dict):
        return  # the wire's reader says what is wrong with the form
    where = "response_format.json_schema.schema"
    if "$schema" in schema and schema["$schema"] not in DIALECTS:
        raise BadRequest(f"`{where}` names a dialect under `$schema` that is not known here.", "response_format")
    try:
        jsonschema_rs.meta.validate(schema)
    except ValueError as error:
        raise BadRequest(f"`{where}` is not a valid JSON Schema: {_first_line(error)}", "response_format") from error


def _first_line(error: ValueError) -> str:
    return str(error).partition("\n")[0][:200]


def _check_count(body: JsonObject, key: str) -> None:
    value = body.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise BadRequest(f"`{key}` must be an integer of at least 1.", key)


def wants_stream(body: JsonObject) -> bool:
    """Tell whether the answer is to come in chunks."""
    return body.get("stream") is True


def wants_usage(body: JsonObject) -> bool:
    """Tell whether a stream is to end with a usage chunk."""
    options = body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True
