"""The thing of which an earlier answer told a value: whose weight it is that another one is to have as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["SourceRow", "row_at", "rows_of", "rows_with"]

IsId = Callable[[str], bool]


class SourceRow(NamedTuple):
    """An object of a response, and the id of the thing that it describes."""

    pointer: str
    values: JsonObject
    id: str
    """Its first value that is an id; empty where it has none."""


def row_at(response: JsonObject, pointer: str, is_id: IsId) -> SourceRow | None:
    """Return the innermost object that holds what a pointer leads to; None where it leads nowhere."""
    holds = (row for row in rows_of(response, is_id) if pointer.rpartition("/")[0] == row.pointer)
    return next((row for row in holds if pointer.rpartition("/")[2] in row.values), None)


def rows_with(response: JsonObject, key: str, is_id: IsId) -> Iterator[SourceRow]:
    """Yield the objects of a response that hold something under a key, in order."""
    return (row for row in rows_of(response, is_id) if row.values.get(key) is not None)


def rows_of(response: JsonObject, is_id: IsId) -> Iterator[SourceRow]:
    """Yield all objects of a response, the outer ones first."""
    return _rows(response, "", is_id)


def _rows(value: Json, pointer: str, is_id: IsId) -> Iterator[SourceRow]:
    if isinstance(value, dict):
        own = next((part for part in value.values() if isinstance(part, str) and is_id(part)), "")
        yield SourceRow(pointer, value, own)
        for key, part in value.items():
            yield from _rows(part, f"{pointer}/{key}", is_id)
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _rows(part, f"{pointer}/{place}", is_id)
