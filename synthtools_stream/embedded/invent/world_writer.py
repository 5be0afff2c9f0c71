"""The world role: a believable state of an environment, in which every tool can succeed and every rule be broken."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import orjson

from synthtools_stream.embedded.invent.deeds import life_cycle
from synthtools_stream.embedded.invent.invented_values import distinct_values
from synthtools_stream.embedded.job import Job
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["World", "build_world", "entity_list", "invent_now", "invent_world"]

World = dict[str, dict[str, dict[str, Json]]]
"""`{collection: {id: {attribute: value}}}`, without the clock."""

_MOST_BYTES = 7000
"""Bytes of a world as JSON: what a check takes is 8,192, and a dialogue adds to it."""
_MOST_ENTITIES = 32
"""Entities of a world: what a check takes is 40, and a dialogue adds to it."""


def invent_world(job: Job) -> JsonObject:
    """Return the moment and the entities of a new world over the types asked for."""
    types = job.records("entity_types", EntityType)
    now = invent_now(job.rng)
    return {"now": now, "entities": entity_list(build_world(types, now, job.rng))}


def invent_now(rng: random.Random) -> str:
    """Return a moment of a working day in 2026."""
    day = date(2026, 1, 5) + timedelta(days=7 * rng.randint(0, 45) + rng.randint(0, 4))
    return f"{day.isoformat()}T{rng.randint(8, 16):02d}:{rng.choice(['00', '15', '30', '45'])}:00"


def entity_list(world: World) -> list[Json]:
    """Return a world as the list of entities that a model writes."""
    return [
        {"collection": collection, "id": identifier, "attributes": dict(attributes)}
        for collection, entities in world.items()
        for identifier, attributes in entities.items()
    ]


def build_world(types: Sequence[EntityType], now: str, rng: random.Random) -> World:
    """Return a world over `types`: references lead somewhere, states are mixed, what sorts is distinct."""
    ids = {kind.collection: _ids(kind, count, rng) for kind, count in zip(types, _counts(types, rng), strict=True)}
    world: World = {}
    for kind in types:
        world[kind.collection] = _entities(kind, ids, date.fromisoformat(now[:10]), rng)
    return _within_bounds(world)


def _counts(types: Sequence[EntityType], rng: random.Random) -> list[int]:
    """Return how many entities each type gets: enough that every state of life occurs."""
    counts: list[int] = []
    for kind in types:
        cycle = life_cycle(kind)
        states = len(cycle.enum or []) if cycle else 0
        kept = any(item.volatile for item in kind.attributes)
        counts.append(2 if kept else max(min(3 * states, 12), rng.randint(4, 6)))
    surplus = sum(counts) - _MOST_ENTITIES
    while surplus > 0 and max(counts) > 3:
        counts[counts.index(max(counts))] -= 1
        surplus -= 1
    return counts


def _ids(kind: EntityType, count: int, rng: random.Random) -> list[str]:
    start = rng.randint(1001, 1040)
    numbers = sorted(rng.sample(range(start, start + 4 * count), count))
    return [f"{kind.id_prefix}{number}" for number in numbers]


def _entities(
    kind: EntityType, ids: dict[str, list[str]], today: date, rng: random.Random
) -> dict[str, dict[str, Json]]:
    own = ids[kind.collection]
    columns: dict[str, list[Json]] = {}
    for attribute in kind.attributes:
        if attribute.references:
            targets = ids.get(attribute.references, [])
            columns[attribute.name] = [rng.choice(targets) if targets else None for _ in own]
        else:
            columns[attribute.name] = distinct_values(attribute, kind, len(own), today, rng)
    return {
        identifier: {name: column[place] for name, column in columns.items()} for place, identifier in enumerate(own)
    }


def _within_bounds(world: World) -> World:
    """Leave out entities that nothing refers to, last first, until the world is small enough."""
    while len(orjson.dumps(world)) > _MOST_BYTES:
        referred = {
            value
            for items in world.values()
            for entity in items.values()
            for value in entity.values()
            if isinstance(value, str)
        }
        spare = [
            (collection, identifier)
            for collection, items in world.items()
            if len(items) > 3
            for identifier in items
            if identifier not in referred
        ]
        if not spare:
            break
        collection, identifier = spare[-1]
        del world[collection][identifier]
    return world
