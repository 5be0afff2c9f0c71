"""A request to a model as it was sent, and as a command that sends it again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import orjson

from synthtools_stream.records import Task
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["ModelRequest", "RequestsOf", "answering", "as_curl"]

_AGENT = "agent_"
"""How the names of the roles begin that an agent's messages come from."""
_REPAIR = "<problem>"
"""How the last message of a request begins that asks for an answer once more."""


@dataclass(frozen=True)
class ModelRequest:
    """A request with its reply."""

    role: str
    digest: str
    body: JsonObject
    """Of a POST to `/v1/chat/completions`."""
    reply: JsonObject

    def to_json(self) -> JsonObject:
        """Return it as an object."""
        return {"role": self.role, "digest": self.digest, "request": self.body, "reply": self.reply}


RequestsOf: TypeAlias = Callable[[Path, Task, str], Awaitable[Sequence[ModelRequest]]]
"""Tells the requests of an attempt in a run directory, in the order in which they were made.

:raises UsageError: when they cannot be told.
"""


def answering(requests: Sequence[ModelRequest], messages: Sequence[JsonObject], index: int) -> ModelRequest | None:
    """Return the request to which a message of an attempt was the answer; None where it is no agent's.

    Of an answer that was asked for more than once, the last request.
    """
    if not 0 <= index < len(messages) or messages[index].get("role") != "assistant":
        return None
    turn = sum(message.get("role") == "assistant" for message in messages[:index])
    asked: list[ModelRequest] = []
    for request in requests:
        if request.role.startswith(_AGENT):
            if asked and _is_repair(request.body):
                asked.pop()
            asked.append(request)
    return asked[turn] if turn < len(asked) else None


def as_curl(request: ModelRequest) -> str:
    """Return a shell command that sends a request again, whatever it holds: its text stands in a quoted document."""
    # JSON has no line breaks of its own, so no line of a body can end the document.
    body = orjson.dumps(request.body).decode()
    return (
        'curl "${SERVER_URL:-http://127.0.0.1:8000}/v1/chat/completions"'
        " -H 'Content-Type: application/json' -H \"Authorization: Bearer $API_KEY\" --data-binary @- <<'BODY'\n"
        f"{body}\nBODY\n"
    )


def _is_repair(body: JsonObject) -> bool:
    messages: Json = body.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    content = last.get("content") if isinstance(last, dict) else None
    return isinstance(content, str) and content.startswith(_REPAIR)
