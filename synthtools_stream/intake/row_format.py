"""What a format is, and how values are taken from rows in which columns may be JSON text, null or missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from synthtools_stream.intake.told_task import ToldTask
from synthtools_stream.storage.datasets.columns import read_column
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Beside", "Reader", "RowFormat", "id_of_row", "list_at", "objects_at", "text_at"]

_ID_KEYS = ("id", "uuid", "task_id", "conversation_id")

Reader = Callable[[JsonObject], ToldTask]
"""Says what a row tells of a task; raises RowProblem with what is wrong with it."""


@dataclass(frozen=True)
class Beside:
    """What belongs to a file of rows."""

    path: Path
    """The file itself: companions may lie beside it."""
    answers: Path | None = None
    """A file of ground truths that was named."""
    tools: Sequence[Json] = ()
    """Tools for rows that hold none."""


class RowFormat(Protocol):
    """One kind of file."""

    def knows(self, row: JsonObject) -> bool:
        """Say whether a row looks like one of this format."""
        ...

    def reader(self, beside: Beside) -> Reader:
        """Return what reads its rows.

        :raises UsageError: when a file that it needs cannot be had.
        """
        ...


def id_of_row(row: JsonObject) -> str:
    """Return the id that a row holds, as text; empty where it holds none."""
    found = next((row[key] for key in _ID_KEYS if row.get(key) not in (None, "")), "")
    return found if isinstance(found, str) else f"{found}" if type(found) is int else ""


def text_at(row: JsonObject, *keys: str) -> str:
    """Return the first text that is not empty under one of the keys, or nothing."""
    return next((value for key in keys if isinstance(value := row.get(key), str) and value.strip()), "")


def list_at(row: JsonObject, *keys: str) -> list[Json]:
    """Return the list under the first key that has a value, native or as JSON text; none where no key has.

    :raises RowProblem: when it is no list.
    """
    for key in keys:
        value = read_column(key, row.get(key))
        if value is not None:
            if not isinstance(value, list):
                raise RowProblem(f"{key} is no list")
            return value
    return []


def objects_at(row: JsonObject, *keys: str) -> list[JsonObject]:
    """Return a list as `list_at` does, of which each item must be an object.

    :raises RowProblem: when it is no list, or an item is no object.
    """
    found = list_at(row, *keys)
    objects = [item for item in found if isinstance(item, dict)]
    if len(objects) < len(found):
        raise RowProblem(f"{keys[0]} holds what is no object")
    return objects
