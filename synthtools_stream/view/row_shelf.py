"""Everything that is looked at, row by row: found by its address, read where it stands, with what a reader noted on it.

For one thread at a time: files are read and a database is asked.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from synthtools_stream.errors import UsageError, boundary
from synthtools_stream.records import AuditedTool, Environment, Task, Trajectory
from synthtools_stream.records.record import Record
from synthtools_stream.storage.datasets.columns import from_columns
from synthtools_stream.storage.datasets.jsonl_reader import RowPlace, RowProblem, read_places
from synthtools_stream.storage.datasets.line_file import kept_at, open_lines
from synthtools_stream.storage.datasets.reader_notes import NOTES_FILE, Notes, RowNote, append_note, read_notes
from synthtools_stream.storage.datasets.task_row import task_from_row, what_is_wrong
from synthtools_stream.storage.rundir.run_lock import is_held
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.row_index.row_list import IndexedRow, RowFilter, RowList
from synthtools_stream.view.row_index.stored_index import Show, StoredIndex, index_path
from synthtools_stream.view.row_sources import RowSources
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["RowShelf"]

RecordT = TypeVar("RecordT", bound=Record)

_MOST_TEXT = 1 << 20
"""Bytes that are shown of a line that holds no row: enough to see what it is."""
_MOST_TOGETHER = 500
"""Rows that one page is made of besides its own, at most: the tools of an environment, the attempts at a task."""


class RowShelf:
    """The rows of some sources. Close it when done."""

    def __init__(self, sources: RowSources, show: Show, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        """Open their index, or build it, of which `show` is told.

        :raises UsageError: when a file cannot be read, or two hold one row.
        :raises StorageError: when the disk fails.
        """
        self.sources = sources
        self._now = now
        self._index = StoredIndex(sources, index_path(sources), show)
        self._notes = Notes()
        self._notes_seen: tuple[tuple[int, int] | None, ...] = ()

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def refresh(self) -> None:
        """Take in rows and notes that have come, as far as can be done at once.

        :raises UsageError: when a file cannot be read any more.
        :raises StorageError: when the disk fails.
        """
        self._index.refresh()
        seen = tuple(_looks(folder / NOTES_FILE) for folder in self.sources.folders)
        if seen != self._notes_seen:
            self._notes, self._notes_seen = read_notes(self.sources.folders), seen

    @property
    def notes(self) -> Notes:
        """What readers said, as of the last refresh."""
        return self._notes

    @property
    def rows(self) -> RowList:
        """Questions about all rows."""
        return RowList(self._index.database, self._notes)

    @property
    def may_note(self) -> bool:
        """Whether notes can be kept."""
        return all(os.access(folder, os.W_OK | os.X_OK) for folder in self.sources.folders)

    @property
    def is_live(self) -> bool:
        """Whether some run is at work."""
        return any(map(is_held, self.sources.runs))

    def read(self, row: IndexedRow) -> JsonObject:
        """Read a row as it stands in its file.

        :raises RowProblem: when its line holds none.
        :raises UsageError: when the file cannot be read any more.
        """
        place = RowPlace(row.offset, row.line)
        _, found = next(iter(read_places(self.sources.files[row.file].path, [place])))
        if isinstance(found, RowProblem):
            raise found
        return found

    def text(self, row: IndexedRow) -> str:
        """Return a row's line as it stands in its file, whatever it is; of a very long one, the beginning."""
        path = self.sources.files[row.file].path
        with boundary(str(path), OSError, as_=UsageError), open_lines(path) as file:
            file.seek(row.offset)
            return file.readline(_MOST_TEXT).decode(errors="replace")

    def environment(self, row: IndexedRow) -> Environment:
        """Read a row of environments; raises as `read` does, also for what is no such row."""
        return _record(self.read(row), Environment)

    def tool(self, row: IndexedRow) -> AuditedTool:
        """Read a row of tools; raises alike."""
        return _record(self.read(row), AuditedTool)

    def task(self, row: IndexedRow) -> Task:
        """Read a row of tasks, anybody's; raises alike."""
        return task_from_row(self.read(row))

    def attempt(self, row: IndexedRow) -> Trajectory:
        """Read a row of attempts; raises alike."""
        return _record(self.read(row), Trajectory)

    def of_environment(self, kind: ShownKind, environment: str) -> list[IndexedRow]:
        """Return the rows of a kind that are of an environment; of very many, the first."""
        return self.rows.page(kind, RowFilter({"environment": environment}), 0, _MOST_TOGETHER)

    def of_task(self, task: str) -> list[IndexedRow]:
        """Return the attempts at a task; of very many, the first."""
        return self.rows.page(ShownKind.attempts, RowFilter({"task": task}), 0, _MOST_TOGETHER)

    def note(self, row: IndexedRow, label: str, note: str) -> None:
        """Keep what a reader says of a row, beside its file.

        :raises UsageError: when the label is no word, or the note too long.
        :raises StorageError: when the disk refuses it.
        """
        said = RowNote(row.kind, row.id, label, note, self._now().isoformat(timespec="seconds"))
        append_note(self.sources.files[row.file].path.parent, said)
        self._notes.add(said)


def _record(row: JsonObject, model: type[RecordT]) -> RecordT:
    try:
        return model.model_validate(from_columns(row))
    except ValidationError as error:
        raise RowProblem(what_is_wrong(error)) from error


def _looks(path: Path) -> tuple[int, int] | None:
    """Return what changes of a file when it is written to; None where there is none."""
    try:
        stat = kept_at(path).stat()
    except FileNotFoundError:
        return None
    return stat.st_size, stat.st_mtime_ns
