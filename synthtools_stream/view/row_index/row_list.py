"""Rows by what they are filtered by: a page of them, how many there are, and how many more a filter would leave."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from synthtools_stream.storage.datasets.reader_notes import Notes
from synthtools_stream.view.row_index.filter_columns import FILTERS
from synthtools_stream.view.row_index.search_words import full_text_query
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["EnvironmentCount", "IndexedRow", "RowFilter", "RowList", "ValueCount"]

_AMONG = "id IN (SELECT value FROM json_each(?))"
_ENVIRONMENTS = """
SELECT environment, coalesce(max(field), ''), sum(kind = 'tools'), sum(kind = 'tasks'), sum(kind = 'attempts'),
       sum(verdict IS 'solved'), sum(verdict IS 'unsolved'), sum(kind = 'rejects')
FROM row INDEXED BY row_environment WHERE environment IS NOT NULL GROUP BY environment ORDER BY environment LIMIT ?
"""


@dataclass(frozen=True)
class RowFilter:
    """What rows must be; empty: anything."""

    chosen: Mapping[str, str] = field(default_factory=dict[str, str])
    """Values by the names of `FILTERS`."""
    label: str = ""
    words: str = ""
    role: str = ""
    """Who must have said the words."""

    def without(self, name: str) -> RowFilter:
        """Return the same, but with one filter open."""
        chosen = {key: value for key, value in self.chosen.items() if key != name}
        return RowFilter(chosen, "" if name == "label" else self.label, self.words, self.role)


class IndexedRow(NamedTuple):
    """What the index knows of a row."""

    kind: ShownKind
    key: str
    """What its address ends with."""
    id: str
    file: int
    """Which of the sources' files."""
    offset: int
    line: int
    title: str
    cells: Mapping[str, str]
    """By the names of `FILTERS`; what does not hold of it is left out."""


class ValueCount(NamedTuple):
    """A value that rows have, and how many do."""

    value: str
    rows: int


class EnvironmentCount(NamedTuple):
    """How many rows of each kind an environment has, and what became of its attempts."""

    id: str
    field: str
    tools: int
    tasks: int
    attempts: int
    solved: int
    unsolved: int
    rejects: int


class RowList:
    """Questions to an index's tables, and to what a reader noted."""

    def __init__(self, database: sqlite3.Connection, notes: Notes) -> None:
        self._database = database
        self._notes = notes

    def counts(self) -> dict[ShownKind, int]:
        """Count the rows of each kind that is there."""
        found = dict(self._database.execute("SELECT kind, count(*) FROM row GROUP BY kind").fetchall())
        return {kind: found[kind] for kind in ShownKind if kind in found}

    def count(self, kind: ShownKind, wanted: RowFilter) -> int:
        """Count the rows that are wanted."""
        found, values = self._found(kind, wanted)
        (number,) = self._database.execute(f"SELECT count(*) {found}", values).fetchone()
        return int(number)

    def page(self, kind: ShownKind, wanted: RowFilter, start: int, most: int) -> list[IndexedRow]:
        """Return `most` of the rows that are wanted, in the files' order, after the first `start`."""
        found, values = self._found(kind, wanted)
        # Their numbers first, of which an index tells: whole rows are read only of those that are shown.
        chosen = f"n IN (SELECT n {found} ORDER BY n LIMIT ? OFFSET ?) ORDER BY n"
        return self._rows(chosen, (*values, most, start))

    def row(self, kind: ShownKind, key: str) -> IndexedRow | None:
        """Find a row by the end of its address."""
        return next(iter(self._rows("kind = ? AND key = ?", (kind, key))), None)

    def facets(self, kind: ShownKind, names: Sequence[str], wanted: RowFilter) -> dict[str, list[ValueCount]]:
        """Count the values that rows have under some names, most first, among those that the other filters leave."""
        open_ones = [name for name in names if name not in wanted.chosen]
        found = self._counted(kind, open_ones, wanted)
        for name in names:
            if name in wanted.chosen:
                found |= self._counted(kind, [name], wanted.without(name))
        return {name: found[name] for name in names}

    def labels(self, kind: ShownKind, wanted: RowFilter) -> list[ValueCount]:
        """Count the rows that have each label, most first, among those that the other filters leave."""
        found, values = self._found(kind, wanted.without("label"))
        counts: list[ValueCount] = []
        for label, ids in self._notes.by_label(kind).items():
            (number,) = self._database.execute(
                f"SELECT count(*) {found} AND {_AMONG}", (*values, _json(ids))
            ).fetchone()
            counts += [ValueCount(label, number)] if number else []
        return sorted(counts, key=_most_first)

    def _counted(self, kind: ShownKind, names: Sequence[str], wanted: RowFilter) -> dict[str, list[ValueCount]]:
        """Count the values of several columns in one pass."""
        counts: dict[str, Counter[str]] = {name: Counter() for name in names}
        if names:
            found, values = self._found(kind, wanted)
            names = sorted(names, key=FILTERS.index)  # as in the index, which then need not be sorted
            columns = ", ".join(map(_known, names))
            for *row, number in self._database.execute(
                f"SELECT {columns}, count(*) {found} GROUP BY {columns}", values
            ):
                for name, value in zip(names, row, strict=True):
                    if value is not None:
                        counts[name][value] += number
        return {
            name: sorted((ValueCount(*one) for one in counted.items()), key=_most_first)
            for name, counted in counts.items()
        }

    def environments(self, most: int) -> list[EnvironmentCount]:
        """Count the rows of each environment that any row names, in the order of their ids; of `most` of them."""
        return [EnvironmentCount(*row) for row in self._database.execute(_ENVIRONMENTS, (most,))]

    def count_environments(self) -> int:
        """Count the environments that any row names."""
        (number,) = self._database.execute(
            "SELECT count(DISTINCT environment) FROM row INDEXED BY row_environment"
        ).fetchone()
        return int(number)

    def _found(self, kind: ShownKind, wanted: RowFilter) -> tuple[str, list[str]]:
        """Return the end of a query over the rows that are wanted, from its FROM on, and its values.

        Which index it goes by is said: each tells all that is asked for, so that no row need be read.
        """
        parts, values = ["kind = ?"], [str(kind)]
        for name, value in wanted.chosen.items():
            parts.append(f"{_known(name)} = ?")
            values.append(value)
        if wanted.label:
            parts.append(_AMONG)
            values.append(_json(self._notes.by_label(kind).get(wanted.label, ())))
        if wanted.words.strip():
            query = full_text_query(wanted.words, wanted.role)
            parts.append("n IN (SELECT rowid FROM words WHERE words MATCH ?)" if query else "n IS NULL")
            values += [query] if query else []
        index = "row_kind" if len(parts) == 1 else "row_filters"
        return f"FROM row INDEXED BY {index} WHERE {' AND '.join(parts)}", values

    def _rows(self, where: str, values: Sequence[str | int]) -> list[IndexedRow]:
        names = ("kind", "key", "id", "file", "offset", "line", "title")
        found = self._database.execute(f"SELECT {', '.join((*names, *FILTERS))} FROM row WHERE {where}", values)
        return [_indexed(row, len(names)) for row in found]


def _indexed(row: tuple[Any, ...], fixed: int) -> IndexedRow:
    cells = {name: value for name, value in zip(FILTERS, row[fixed:], strict=True) if value is not None}
    kind, key, row_id, file, offset, line, title = row[:fixed]
    return IndexedRow(ShownKind(kind), key, row_id, int(file), int(offset), int(line), title, cells)


def _most_first(one: ValueCount) -> tuple[int, str]:
    return -one.rows, one.value


def _json(ids: Sequence[str]) -> str:
    return orjson.dumps(list(ids)).decode()


def _known(name: str) -> str:
    """Return the name of a column: nothing else may stand in a query."""
    if name not in FILTERS:
        raise KeyError(name)
    return name
