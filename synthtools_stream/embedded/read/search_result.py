"""What a search finds: the entities that pass its filters, in its order, before any limit."""

from __future__ import annotations

from collections.abc import Mapping

from synthtools_stream.embedded.read.meanings import Meaning, MeaningKind, ToolReading
from synthtools_stream.embedded.read.vocabulary import entities_of
from synthtools_stream.programs.prelude import at_least, at_most, compare, order, same
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["found_ids", "matching_ids"]


def found_ids(reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None) -> list[str]:
    """Return the ids of what a search finds, in its order: ties by id, and last what has nothing to be sorted by."""
    entities = entities_of(state, reading.collection)
    found = [(name, entities[name]) for name in matching_ids(reading, arguments, state)]
    by = reading.order
    if by is None:
        return [name for name, _ in order(found)]
    trait = reading.trait(by.attribute)
    ranks = trait.enum if trait is not None else ()
    return [name for name, _ in order(found, by.attribute, by.descending, ranks)]


def matching_ids(reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None) -> list[str]:
    """Return the ids of the entities that pass all filters of a call, in the order of the state."""
    filters = [meaning for meaning in reading.of_kind(MeaningKind.filter) if meaning.attribute]
    return [
        name
        for name, entity in entities_of(state, reading.collection).items()
        if all(_passes(meaning, arguments.get(meaning.parameter), entity) for meaning in filters)
    ]


def _passes(meaning: Meaning, wanted: Json, entity: JsonObject) -> bool:
    if wanted is None:
        return True
    held = entity.get(meaning.attribute)
    if held is None:
        return False
    if meaning.op in ("min", "from"):
        return at_least(held, wanted)
    if meaning.op in ("max", "until"):
        return at_most(held, wanted)
    if meaning.op == "has":
        return isinstance(held, list) and wanted in held
    return compare(held, wanted) == 0 if meaning.format == "date" else same(held, wanted)
