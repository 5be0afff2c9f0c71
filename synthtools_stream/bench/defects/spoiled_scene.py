"""What a way to spoil may look at, and the small changes that ways are made of."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import orjson

from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.state import CLOCK
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["Scene", "Way", "altered_scalar", "replaced", "scalars", "tags_of"]

_TAG = re.compile(r"<([a-z_]+)>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True)
class Scene:
    """A good answer and what the request showed."""

    answer: JsonObject
    tags: Mapping[str, Json] = field(default_factory=dict[str, Json])

    @property
    def entities(self) -> dict[str, dict[str, JsonObject]]:
        """The entities shown, by collection."""
        state = self.tags.get("state")
        found: dict[str, dict[str, JsonObject]] = {}
        for name, part in state.items() if isinstance(state, dict) else ():
            if name != CLOCK and isinstance(part, dict):
                found[name] = {key: entity for key, entity in part.items() if isinstance(entity, dict)}
        return found

    @property
    def arguments(self) -> JsonObject:
        """The arguments of the call that is to be answered."""
        call = self.tags.get("call")
        return object_at(call, "arguments") if isinstance(call, dict) else {}

    @property
    def tool(self) -> JsonObject:
        """The one tool that the request is about."""
        tool = self.tags.get("tool")
        return tool if isinstance(tool, dict) else {}

    @property
    def response(self) -> JsonObject:
        """What the answer responds."""
        return object_at(self.answer, "response")

    @property
    def changes(self) -> list[JsonObject]:
        """What the answer changes."""
        changes = self.answer.get("changes")
        return [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []

    def siblings(self, identifier: str) -> list[str]:
        """Return the other ids of the collection that an id is of; empty if it is none."""
        for entities in self.entities.values():
            if identifier in entities:
                return [name for name in entities if name != identifier]
        return []


Way: TypeAlias = Callable[[Scene, random.Random], JsonObject | None]


def tags_of(request: ChatRequest) -> dict[str, Json]:
    """Return what the first user message of a request shows, tag by tag."""
    shown = next((message.content or "" for message in request.messages if message.role == "user"), "")
    tags: dict[str, Json] = {}
    for match in _TAG.finditer(shown):
        try:
            tags.setdefault(match[1], orjson.loads(match[2]))
        except orjson.JSONDecodeError:
            continue
    return tags


def scalars(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield the places and values of all scalars."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from scalars(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from scalars(item, (*path, index))
    else:
        yield path, value


def replaced(value: Json, path: tuple[str | int, ...], new: Json) -> Json:
    """Return `value` with `new` at a place."""
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(head, str):
        return {key: replaced(item, rest, new) if key == head else item for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, rest, new) if index == head else item for index, item in enumerate(value)]
    return value


def altered_scalar(value: Json, rng: random.Random) -> Json:
    """Return another value of the same type, plausible at first sight."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice([1, 2, 10]) * rng.choice([1, -1]) if value else rng.randint(1, 5)
    if isinstance(value, float):
        return round(value * rng.choice([0.5, 1.1, 2.0]) + 1.0, 2)
    if isinstance(value, str):
        if day := re.match(r"(\d{4}-\d{2}-)(\d{2})(.*)\Z", value, re.DOTALL):
            return f"{day[1]}{int(day[2]) % 28 + 1:02d}{day[3]}"
        if number := re.match(r"(.*?-)(\d{2,9})\Z", value):
            return f"{number[1]}{int(number[2]) + rng.randint(1, 40)}"
        return rng.choice([f"{value} II", f"New {value}", "unknown"])
    return "none"
