"""A state as tables: a collection each, a row for an entity, a column for an attribute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from synthtools_stream.errors import StateProblem
from synthtools_stream.records.change import State
from synthtools_stream.state import CLOCK, as_state
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["WorldTable", "world_tables"]


@dataclass(frozen=True)
class WorldTable:
    """One collection; `rows` are ids with a value for each column, or None where the entity has no such attribute."""

    collection: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[tuple[Json] | None]]]


def world_tables(state: JsonObject | None) -> list[WorldTable] | None:
    """Return the collections of a state, without the clock; None where it has another form or there is none."""
    try:
        return list(_tables(as_state(state)))
    except StateProblem:
        return None


def _tables(state: State) -> Iterator[WorldTable]:
    for collection, entities in state.items():
        if collection == CLOCK:
            continue
        columns = list(dict.fromkeys(name for entity in entities.values() for name in entity))
        rows = [
            (name, [(entity[column],) if column in entity else None for column in columns])
            for name, entity in entities.items()
        ]
        yield WorldTable(collection, columns, rows)
