"""A file of rows by id: which it holds is known after one pass over its ids, each row is read when it is asked for.

Only ids and places are held, never rows, so that a file may be larger than memory. Lines of JSON are read in any order;
the rows of a parquet file in the file's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.datasets.dataset_reader import assert_readable
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem, id_of, key_places, read_places
from synthtools_stream.storage.datasets.parquet_reader import parquet_ids, read_parquet
from synthtools_stream.storage.datasets.shared_ids import SharedIds
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["FoundRow", "RowFile", "open_rows"]


class FoundRow(NamedTuple):
    """A row as it stands in its file."""

    id: str
    line: int
    """In parquet: the row; from 1."""
    row: JsonObject | RowProblem


class RowFile(ABC):
    """The rows of a file; of those that share an id the last counts, in the place of the first."""

    def __init__(self, path: Path, ids: Sequence[str], shared: SharedIds) -> None:
        """`ids` are all there are, in the file's order; what has no id has its line's number for one."""
        self.path = path
        self.ids = ids
        self.shared = shared

    @abstractmethod
    def rows(self, ids: Collection[str]) -> Iterator[FoundRow]:
        """Yield some rows.

        :raises UsageError: when the file cannot be read any more.
        """

    @abstractmethod
    def column(self, name: str) -> Iterator[tuple[str, Json]]:
        """Yield id and value of one column of all rows that can be read; raises alike."""


class _Lines(RowFile):
    def __init__(self, path: Path) -> None:
        shared = SharedIds()
        places = key_places(path, shared)
        self._places = {_named(key, places): place for key, place in places.items()}
        super().__init__(path, list(self._places), shared)

    def rows(self, ids: Collection[str]) -> Iterator[FoundRow]:
        places = (self._places[name] for name in ids)
        for name, (line, row) in zip(ids, read_places(self.path, places), strict=True):
            if isinstance(row, dict) and id_of(row) not in ("", name):
                raise UsageError(f"{self.path}: was changed while it was read")
            yield FoundRow(name, line, row)

    def column(self, name: str) -> Iterator[tuple[str, Json]]:
        for key, (_, row) in zip(self.ids, read_places(self.path, self._places.values(), careful=False), strict=True):
            if isinstance(row, dict):
                yield key, row.get(name)


def _named(key: str | int, places: Collection[str | int]) -> str:
    """Return the id of a row; what has none is named so that nothing else is."""
    if isinstance(key, str):
        return key
    name = f"line {key}"
    while name in places:
        name += "'"
    return name


class _Table(RowFile):
    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        shared = SharedIds()
        super().__init__(path, parquet_ids(path, shared), shared)
        self._columns = columns

    def rows(self, ids: Collection[str]) -> Iterator[FoundRow]:
        for line, row in read_parquet(self.path, self._columns, only=set(ids)):
            yield FoundRow(str(row.get("id")) if isinstance(row, dict) else row.row_id, line, row)

    def column(self, name: str) -> Iterator[tuple[str, Json]]:
        for _, row in read_parquet(self.path, ("id", name)):
            if isinstance(row, dict):
                yield str(row.get("id")), row.get(name)


def open_rows(path: Path, columns: Sequence[str]) -> RowFile:
    """Find the rows of a `.jsonl` or `.parquet` file; of a parquet file only `columns` are read.

    :raises UsageError: when it cannot be read, is none, or holds no rows.
    """
    assert_readable(path)
    found: RowFile = _Table(path, columns) if path.suffix == ".parquet" else _Lines(path)
    if not found.ids:
        raise UsageError(f"{path}: the file holds no rows")
    return found
