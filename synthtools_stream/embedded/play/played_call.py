"""One tool call on one state, with everything that simulator and judges look up in it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.read import (
    Meaning,
    ToolReading,
    collection_of,
    entities_of,
    read_tool,
)
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["PlayedCall", "found_entity"]


@dataclass(frozen=True)
class PlayedCall:
    """A call as it is played."""

    reading: ToolReading
    arguments: Mapping[str, Json]
    state: JsonObject | None
    typed: bool
    """Entity types are declared, so nothing may be imagined."""
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    @classmethod
    def of(
        cls, tool: JsonObject, types: list[JsonObject], state: JsonObject | None, call: JsonObject, rng: random.Random
    ) -> PlayedCall:
        """Read the pieces of a request."""
        arguments = call.get("arguments")
        typed = bool(types) or isinstance(tool.get("effects"), dict)
        given = arguments if isinstance(arguments, dict) else {}
        return cls(read_tool(tool, types, state, given), given, state, typed, rng)

    @classmethod
    def asked(cls, job: Job) -> PlayedCall:
        """Read the call that a request asks to play or to judge."""
        return cls.of(job.object("tool"), job.objects("entity_types"), job.state(), job.object("call"), job.rng)

    def entity(self, meaning: Meaning) -> tuple[str, str] | None:
        """Return (collection, id) that an argument points to, where the state has it."""
        value = self.arguments.get(meaning.parameter)
        if not isinstance(value, str):
            return None
        home = collection_of(self.reading, meaning.parameter, value, self.state)
        return (home, value) if value in entities_of(self.state, home) else None

    @property
    def target(self) -> tuple[str, str] | None:
        """Return (collection, id) of the entity acted on."""
        meaning = self.reading.target
        return self.entity(meaning) if meaning is not None else None

    def attributes(self, where: tuple[str, str]) -> JsonObject:
        """Return the attributes of an entity as the state holds them."""
        return entities_of(self.state, where[0]).get(where[1], {})


def found_entity(call: PlayedCall, collection: str) -> tuple[str, str] | None:
    """Return the entity of `collection` that a call reaches: its target, an argument's, or one that these refer to."""
    target = call.target
    if target is not None and target[0] == collection:
        return target
    named = [where for m in call.reading.meanings if m.takes_id and (where := call.entity(m)) is not None]
    direct = next((where for where in named if where[0] == collection), None)
    if direct is not None:
        return direct
    for where in named:
        kind = call.reading.vocabulary.kind(where[0])
        link = kind.reference_to(collection) if kind is not None else None
        value = call.attributes(where).get(link.name) if link is not None else None
        if isinstance(value, str) and value in entities_of(call.state, collection):
            return collection, value
    return None
