"""What the embedded model makes of a request: which job it is, and the tagged JSON that it was given.

A request's first user message holds one `<name>JSON</name>` block per field of the role's input. Nothing else of
the request is looked at, so the embedded model knows exactly what a server would know.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TypeVar

import orjson
from pydantic import ValidationError

from synthtools_stream.chat.language_model import ChatRequest, Message
from synthtools_stream.records.record import Record
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Job", "UnreadableRequestError", "read_job"]

R = TypeVar("R", bound=Record)

_OPENING = re.compile(r"<([a-z][a-z0-9_]*)>")
_PROBLEM = re.compile(r"<problem>(.*?)</problem>", re.DOTALL)


class UnreadableRequestError(Exception):
    """A request does not hold what its role needs: a tag is absent, or not of its form."""


@dataclass(frozen=True)
class Job:
    """One request, read."""

    tags: dict[str, Json]
    """The role's input, by field name."""
    rng: random.Random
    """The only source of chance, seeded by the request."""
    schema_name: str
    """Name of the role that is asked for."""
    problems: list[str]
    """What was wrong with earlier answers in this conversation, oldest first."""
    conversation: tuple[Message, ...]
    """All messages of the request."""

    def text(self, name: str, default: str = "") -> str:
        """Return a tag as text, or `default` where it is absent or something else."""
        value = self.tags.get(name)
        return value if isinstance(value, str) else default

    def integer(self, name: str, default: int = 0) -> int:
        """Return a tag as an integer, or `default` where it is absent or something else."""
        value = self.tags.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def texts(self, name: str) -> list[str]:
        """Return a tag as a list of strings, leaving out whatever else it holds."""
        value = self.tags.get(name)
        return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []

    def objects(self, name: str) -> list[JsonObject]:
        """Return a tag as a list of objects, leaving out whatever else it holds."""
        value = self.tags.get(name)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

    def object(self, name: str) -> JsonObject:
        """Return a tag as an object; empty where it is absent or something else."""
        value = self.tags.get(name)
        return value if isinstance(value, dict) else {}

    def state(self, name: str = "state") -> JsonObject | None:
        """Return a tag as a state; None where none is shown."""
        value = self.tags.get(name)
        return value if isinstance(value, dict) else None

    def record(self, name: str, kind: type[R]) -> R:
        """Return a tag as a record of this kind.

        :raises UnreadableRequestError: when it is absent or not of that form.
        """
        return _as_record(self.tags.get(name), kind, name)

    def records(self, name: str, kind: type[R]) -> list[R]:
        """Return a tag as records of this kind, one at least.

        :raises UnreadableRequestError: when there is none, or one is not of that form.
        """
        value = self.tags.get(name)
        found = [_as_record(item, kind, name) for item in value] if isinstance(value, list) else []
        if not found:
            raise UnreadableRequestError(f"<{name}> holds no {kind.__name__}")
        return found


def _as_record(value: Json, kind: type[R], name: str) -> R:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        raise UnreadableRequestError(f"<{name}> holds what is no {kind.__name__}") from error


def read_job(request: ChatRequest) -> Job:
    """Read the tagged input of the first user message, and the problems told since."""
    users = [message.content or "" for message in request.messages if message.role == "user"]
    return Job(
        tags=_read_tags(users[0]) if users else {},
        rng=random.Random(request.seed),
        schema_name=request.schema_name,
        problems=[problem.strip() for text in users[1:] for problem in _PROBLEM.findall(text)],
        conversation=request.messages,
    )


def _read_tags(text: str) -> dict[str, Json]:
    """Return the outermost tags of `text`; what is not JSON is kept as the text it is."""
    tags: dict[str, Json] = {}
    position = 0
    while opening := _OPENING.search(text, position):
        closing = text.find(f"</{opening[1]}>", opening.end())
        if closing < 0:
            position = opening.end()
            continue
        again = text.rfind(opening[0], opening.end(), closing)
        if again >= 0 and not _is_json(text[opening.end() : closing]):
            position = again  # the first was a mention of the tag, as in a prompt that stands before its input
            continue
        tags.setdefault(opening[1], _parse(text[opening.end() : closing]))
        position = closing + len(opening[1]) + 3
    return tags


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _parse(text: str) -> Json:
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text.strip()
    return value
