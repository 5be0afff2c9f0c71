"""What a search finds: the entities that pass its filters, in its order, before any limit."""

from __future__ import annotations

from collections.abc import Mapping

from synthtools_stream.embedded.read.meanings import Meaning, MeaningKind, ToolReading
from synthtools_stream.embedded.read.vocabulary import entities_of
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["found_ids", "matching_ids"]


def found_ids(reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None) -> list[str]:
    """Return the ids of what a search finds, ties by id; entities without the attribute that it sorts by come last."""
    entities = entities_of(state, reading.collection)
    found = sorted(matching_ids(reading, arguments, state))
    order = reading.order
    if order is None:
        return found
    known = [name for name in found if entities[name].get(order.attribute) is not None]
    trait = reading.trait(order.attribute)
    ranks = trait.enum if trait is not None else ()
    known.sort(key=lambda name: _rank(entities[name].get(order.attribute), ranks), reverse=order.descending)
    return [*known, *(name for name in found if name not in known)]


def _rank(value: Json, enum: tuple[str, ...]) -> tuple[float, str]:
    if isinstance(value, int | float):
        return float(value), ""
    text = str(value)
    return (float(enum.index(text)), "") if text in enum else (0.0, text)


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
        return _at_most(wanted, held)
    if meaning.op in ("max", "until"):
        return _at_most(held, wanted)
    if meaning.op == "has":
        return isinstance(held, list) and wanted in held
    if isinstance(held, str) and isinstance(wanted, str):
        return held[: len(wanted)] == wanted if meaning.format == "date" else held.casefold() == wanted.casefold()
    return held == wanted


def _at_most(low: Json, high: Json) -> bool:
    if isinstance(low, int | float) and isinstance(high, int | float):
        return low <= high
    if isinstance(low, str) and isinstance(high, str):
        size = min(len(low), len(high))
        return low[:size] <= high[:size]
    return False
