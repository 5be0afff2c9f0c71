"""Which page answers which address: rows are found and read, and handed to what knows how they look.

For one thread at a time, as the shelf is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import NamedTuple, TypeVar

import orjson

from synthtools_stream.errors import UsageError
from synthtools_stream.records import Task, Trajectory
from synthtools_stream.records.record import Record
from synthtools_stream.storage.datasets.columns import from_columns
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.environment_counts import summaries
from synthtools_stream.view.environment_graph import environment_graph
from synthtools_stream.view.excerpts import excerpt
from synthtools_stream.view.page_server.list_request import ListRequest
from synthtools_stream.view.pages.addresses import row_address
from synthtools_stream.view.pages.attempt_page import attempt_page
from synthtools_stream.view.pages.compare_page import compare_page
from synthtools_stream.view.pages.environment_page import environment_page
from synthtools_stream.view.pages.html_page import render
from synthtools_stream.view.pages.message_page import message_page
from synthtools_stream.view.pages.overview_page import overview_page
from synthtools_stream.view.pages.page import Facet, FacetValue, ListedRow, Note, Page, Shell
from synthtools_stream.view.pages.reject_page import reject_page
from synthtools_stream.view.pages.rows_page import rows_page
from synthtools_stream.view.pages.task_page import task_page
from synthtools_stream.view.pages.tool_page import tool_page
from synthtools_stream.view.row_index.filter_columns import FACETS, opened
from synthtools_stream.view.row_index.row_list import IndexedRow, RowFilter, ValueCount
from synthtools_stream.view.row_index.search_words import sought_terms
from synthtools_stream.view.row_shelf import RowShelf
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["PAGE_ROWS", "NoSuchRow", "RowPages", "Tried"]

PAGE_ROWS = 50
"""Rows of a list's page: a few screens."""
_WAYS_IN: Mapping[ShownKind, Sequence[str]] = {
    ShownKind.environments: ("field",),
    ShownKind.attempts: ("verdict", "stop", "fault", "judge"),
    ShownKind.tasks: ("verdict", "variant", "length"),
    ShownKind.rejects: ("stage", "reason"),
}
"""What the first page leads to."""
_DRAWN_TASKS = 100
"""Tasks whose calls are drawn: enough to see what is used, read in a moment."""
_FACET_VALUES = 30
"""Values of a facet that are offered, the most frequent: of hundreds of fields nobody reads the rest."""

RecordT = TypeVar("RecordT", bound=Record)


class NoSuchRow(UsageError):
    """There is no row at an address."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"there is no row {key!r} among {kind}")


class Tried(NamedTuple):
    """An attempt with what it came from."""

    folder: Path
    task: Task
    attempt: Trajectory


class RowPages:
    """Makes the pages of a shelf."""

    def __init__(self, shelf: RowShelf) -> None:
        self._shelf = shelf

    def overview(self) -> str:
        """Return the first page."""
        self._shelf.refresh()
        rows = self._shelf.rows
        facets = [
            (kind, _facet(name, values, ListRequest(kind, RowFilter())))
            for kind, names in _WAYS_IN.items()
            for name, values in rows.facets(kind, names, RowFilter()).items()
        ]
        environments = summaries(rows)
        return render(overview_page(environments.told, facets, environments.more), self._shell())

    def rows(self, asked: ListRequest) -> str:
        """Return a list of rows.

        :raises UsageError: when there is no such page of it.
        """
        self._shelf.refresh()
        rows, kind = self._shelf.rows, asked.kind
        total = rows.count(kind, asked.wanted)
        pages = max(1, ceil(total / PAGE_ROWS))
        if asked.page > pages:
            raise UsageError(f"there is no page {asked.page}; these rows have {pages}")
        found = rows.page(kind, asked.wanted, (asked.page - 1) * PAGE_ROWS, PAGE_ROWS)
        page = rows_page(
            kind, [self._found(row, asked) for row in found], self._facets(asked), asked.query, total, asked.page, pages
        )
        return render(page, self._shell(kind=kind))

    def row(self, kind: ShownKind, key: str) -> str:
        """Return a row's page; of one that cannot be read, what is wrong and what stands there.

        :raises NoSuchRow: when there is none.
        """
        row = self._find(kind, key)
        try:
            page = self._page(row)
        except RowProblem as problem:
            page = message_page(
                f"{row.kind} {row.id}",
                f"{self._shelf.sources.files[row.file].path.name}:{row.line}: {problem}",
                self._shelf.text(row),
            )
        return render(page, self._shell(row))

    def compare(self, one: str, other: str) -> str:
        """Return two attempts side by side; raises as `row` does, and for rows that cannot be read.

        :raises UsageError: when one cannot be read.
        """
        rows = [self._find(ShownKind.attempts, key) for key in (one, other)]
        try:
            first, second = map(self._shelf.attempt, rows)
        except RowProblem as problem:
            raise UsageError(f"{problem}") from problem
        return render(compare_page(first, second, self._task(first.task_id)), self._shell())

    def raw(self, kind: ShownKind, key: str) -> bytes:
        """Return a row as JSON, its columns opened; raises as `row` does.

        :raises UsageError: when its line holds no row.
        """
        try:
            return orjson.dumps(from_columns(self._shelf.read(self._find(kind, key))), option=orjson.OPT_INDENT_2)
        except RowProblem as problem:
            raise UsageError(f"{problem}") from problem

    def tried(self, key: str) -> Tried:
        """Return an attempt, its task and its run's directory; raises as `row` does.

        :raises UsageError: where one of them is not there, or cannot be read.
        """
        row = self._find(ShownKind.attempts, key)
        folder = self._shelf.sources.files[row.file].path.parent
        try:
            attempt = self._shelf.attempt(row)
        except RowProblem as problem:
            raise UsageError(f"{problem}") from problem
        task = self._task(attempt.task_id)
        if task is None:
            raise UsageError(f"the task {attempt.task_id!r} is not among these rows: name its file, too")
        return Tried(folder, task, attempt)

    def fresh(self, since: int) -> JsonObject:
        """Return how many rows there are beyond `since`, and whether more may come."""
        self._shelf.refresh()
        return {"new": max(0, sum(self._shelf.rows.counts().values()) - since), "live": self._shelf.is_live}

    def note(self, kind: ShownKind, key: str, label: str, note: str) -> str:
        """Keep what a reader says of a row, and return the row's address; raises as `row` does.

        :raises UsageError: when the label is no word, or the note too long.
        :raises StorageError: when the disk refuses it.
        """
        row = self._find(kind, key)
        self._shelf.note(row, label, note)
        return row_address(kind, key)

    def message(self, title: str, text: str) -> str:
        """Return a page that says one thing."""
        return render(message_page(title, text), self._shell())

    def _page(self, row: IndexedRow) -> Page:
        match row.kind:
            case ShownKind.environments:
                return self._environment_page(row)
            case ShownKind.tools:
                return tool_page(self._shelf.tool(row))
            case ShownKind.tasks:
                task = self._shelf.task(row)
                environment = self._read(ShownKind.environments, task.meta.environment, self._shelf.environment)
                return task_page(task, environment, self._listed(self._shelf.of_task(task.id)))
            case ShownKind.attempts:
                attempt = self._shelf.attempt(row)
                others = self._listed(self._shelf.of_task(attempt.task_id))
                return attempt_page(attempt, self._task(attempt.task_id), others)
            case ShownKind.rejects:
                return reject_page(from_columns(self._shelf.read(row)))

    def _environment_page(self, row: IndexedRow) -> Page:
        environment = self._shelf.environment(row)
        tools = [
            tool
            for found in self._shelf.of_environment(ShownKind.tools, environment.id)
            if (tool := self._readable(found, self._shelf.tool)) is not None
        ]
        tasks = self._shelf.of_environment(ShownKind.tasks, environment.id)
        graph = environment_graph(environment, tools, [self._calls(task) for task in tasks[:_DRAWN_TASKS]])
        return environment_page(environment, tools, graph, self._listed(tasks))

    def _calls(self, row: IndexedRow) -> list[str]:
        """Return the calls of a task's ground truth without reading all of the task; none of what is no task."""
        with suppress(RowProblem):
            calls = opened(self._shelf.read(row), "gt_tool_calls")
            return [call for call in calls if isinstance(call, str)] if isinstance(calls, list) else []
        return []

    def _task(self, task_id: str) -> Task | None:
        return self._read(ShownKind.tasks, task_id, self._shelf.task)

    def _read(self, kind: ShownKind, key: str, read: Callable[[IndexedRow], RecordT]) -> RecordT | None:
        row = self._shelf.rows.row(kind, key)
        return None if row is None else self._readable(row, read)

    def _readable(self, row: IndexedRow, read: Callable[[IndexedRow], RecordT]) -> RecordT | None:
        """Return a row that another page shows beside its own; None where it cannot be read: its own page says why."""
        with suppress(RowProblem):
            return read(row)
        return None

    def _find(self, kind: ShownKind, key: str) -> IndexedRow:
        self._shelf.refresh()
        row = self._shelf.rows.row(kind, key)
        if row is None:
            raise NoSuchRow(kind, key)
        return row

    def _found(self, row: IndexedRow, asked: ListRequest) -> ListedRow:
        terms = sought_terms(asked.wanted.words)
        if terms:
            with suppress(RowProblem):
                return self._line(row, excerpt(row.kind, self._shelf.read(row), terms, asked.wanted.role))
        return self._line(row)

    def _listed(self, rows: Iterable[IndexedRow]) -> list[ListedRow]:
        return [self._line(row) for row in rows]

    def _line(self, row: IndexedRow, found: str = "") -> ListedRow:
        names = FACETS[row.kind]
        cells = {name: row.cells[name] for name in names if name in row.cells}
        return ListedRow(row.id, row_address(row.kind, row.key), cells, self._note(row), found or row.title)

    def _note(self, row: IndexedRow) -> Note:
        note = self._shelf.notes.of(row.kind, row.id)
        return Note() if note is None else Note(note.label, note.note)

    def _facets(self, asked: ListRequest) -> list[Facet]:
        rows = self._shelf.rows
        related = [name for name in ("environment", "task", "field") if name in asked.wanted.chosen]
        names = list(dict.fromkeys([*FACETS[asked.kind], *related]))
        counted = rows.facets(asked.kind, names, asked.wanted)
        counted["label"] = rows.labels(asked.kind, asked.wanted)
        return [_facet(name, values, asked) for name, values in counted.items()]

    def _shell(self, row: IndexedRow | None = None, *, kind: ShownKind | None = None) -> Shell:
        counts = self._shelf.rows.counts()
        return Shell(
            self._shelf.sources.name,
            {kind.value: rows for kind, rows in counts.items()},
            live=self._shelf.is_live,
            total=sum(counts.values()),
            row_id=None if row is None else row.key,
            kind=kind if row is None else row.kind,
            note=Note() if row is None else self._note(row),
            labels=self._shelf.notes.labels,
            may_note=self._shelf.may_note,
        )


def _facet(name: str, values: Sequence[ValueCount], asked: ListRequest) -> Facet:
    chosen = asked.query.get(name)
    if name == "length":
        values = sorted(values, key=lambda one: (len(one.value), one.value))  # numbers, in their order
    shown = [
        one
        for place, one in enumerate(values)
        if one.value == chosen or (place < _FACET_VALUES and name not in ("environment", "task"))
    ]
    return Facet(
        name,
        [FacetValue(one.value, one.rows, one.value == chosen, asked.toggled(name, one.value)) for one in shown],
    )
