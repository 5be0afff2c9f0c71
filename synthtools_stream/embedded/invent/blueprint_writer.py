"""The blueprint role: entity types that the scenario's words ask for, and tools that work on them together."""

from __future__ import annotations

import random
from collections.abc import Sequence

from synthtools_stream.embedded.invent.deeds import Deed, life_cycle, type_named
from synthtools_stream.embedded.invent.entity_choice import choose_things, entity_types
from synthtools_stream.embedded.invent.field_vocabulary import vocabulary_of
from synthtools_stream.embedded.invent.purpose_wording import purpose_of
from synthtools_stream.embedded.invent.tool_names import inputs_of, outputs_of, tool_name
from synthtools_stream.embedded.invent.work_patterns import Workshop
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.records.blueprint import Difficulty, Effects, EntityType, Signature
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["effects_of", "invent_blueprint"]

_SIZES = {Difficulty.easy: (5, 8), Difficulty.medium: (10, 14), Difficulty.hard: (15, 20)}
"""Tools of an environment, least and most: within what the blueprint's prompt allows at each difficulty."""


def invent_blueprint(job: Job) -> JsonObject:
    """Lay out one environment."""
    rng = job.rng
    vocabulary = vocabulary_of(job.text("field"))
    sentence = f"{job.text('scenario')} {job.text('subfield')}"
    types = entity_types(choose_things(vocabulary, sentence, rng), rng)
    difficulty = rng.choices(list(_SIZES), weights=[72, 20, 8])[0]
    deeds = Workshop(types, vocabulary.actions, rng).deeds(rng.randint(*_SIZES[difficulty]))
    if rng.random() < 0.5:
        deeds.sort(key=lambda deed: [kind.name for kind in types].index(deed.noun))
    used = _used(types, deeds)
    return {
        "difficulty": _difficulty(len(deeds)),
        "entity_types": [kind.to_json() for kind in used],
        "tools": [signature.to_json() for signature in _signatures(deeds, used, rng)],
    }


def _difficulty(count: int) -> str:
    """Return what a number of tools amounts to; on the border, the easier."""
    return next((level.value for level, (_, most) in _SIZES.items() if count <= most + 1), Difficulty.hard.value)


def _used(types: Sequence[EntityType], deeds: Sequence[Deed]) -> list[EntityType]:
    """Return the types that some deed touches, or that one of those refers to."""
    nouns = {deed.noun for deed in deeds} | {deed.other for deed in deeds}
    referred = {item.references for kind in types if kind.name in nouns for item in kind.attributes}
    return [kind for kind in types if kind.name in nouns or kind.collection in referred]


def _signatures(deeds: Sequence[Deed], types: Sequence[EntityType], rng: random.Random) -> list[Signature]:
    taken: set[str] = set()
    return [_signature(deed, types, taken, rng) for deed in deeds]


def _signature(deed: Deed, types: Sequence[EntityType], taken: set[str], rng: random.Random) -> Signature:
    kind = type_named(types, deed.noun) or types[0]
    other = type_named(types, deed.other)
    cycle = life_cycle(kind)
    return Signature(
        tool_name=tool_name(deed, taken, rng),
        purpose=purpose_of(deed, types, rng),
        inputs=inputs_of(deed, kind, other, rng)[:8],
        outputs=outputs_of(deed, kind, rng, cycle.name if cycle else "")[:8],
        effects=effects_of(deed, kind, other, types),
    )


def effects_of(deed: Deed, kind: EntityType, other: EntityType | None, types: Sequence[EntityType]) -> Effects:
    """Return the collections that a deed looks at and changes."""
    if deed.operation is Operation.get:
        return Effects(reads=[kind.collection])
    if deed.operation is Operation.search:
        filtered = {item.attribute for item in deed.filters}
        referred = [item.references for item in kind.attributes if item.name in filtered and item.references]
        return Effects(reads=list(dict.fromkeys([kind.collection, *referred])))
    named = [item.references for item in kind.attributes if item.name in deed.attributes and item.references]
    reads = [kind.collection, *[item for item in named if any(known.collection == item for known in types)]]
    if other is not None:
        reads.append(other.collection)
    writes = [kind.collection, *([other.collection] if other and deed.other_to else [])]
    return Effects(reads=list(dict.fromkeys(reads))[:8], writes=writes)
