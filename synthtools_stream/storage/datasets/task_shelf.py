"""The tasks of a file by id or by number, read when they are asked for: the file may be larger than memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.records.task import SHARED_COLUMNS, Task
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.storage.datasets.row_file import RowFile, open_rows
from synthtools_stream.storage.datasets.task_row import OUR_COLUMNS, task_from_row

__all__ = ["TaskShelf", "open_shelf"]


@dataclass(frozen=True)
class TaskShelf:
    """Which tasks a file holds; the last row of an id counts."""

    rows: RowFile
    known: frozenset[str]
    """All ids."""

    @property
    def path(self) -> Path:
        """Where the tasks stand."""
        return self.rows.path

    @property
    def ids(self) -> Sequence[str]:
        """In the order in which they first appear; a task's number is its place here."""
        return self.rows.ids

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, task_id: object) -> bool:
        return task_id in self.known

    def task(self, task_id: str) -> Task:
        """Read a task.

        :raises KeyError: when the file holds none of this id.
        :raises DatasetError: when its row is none.
        :raises UsageError: when the file cannot be read any more.
        """
        (found,) = self.rows.rows([task_id])
        try:
            if isinstance(found.row, RowProblem):
                raise found.row
            return task_from_row(found.row)
        except RowProblem as problem:
            raise DatasetError(self.path, found.line, problem.reason, task_id) from problem


def open_shelf(path: Path) -> TaskShelf:
    """Find the tasks of a `.jsonl` file.

    :raises UsageError: when it cannot be read, is none, or holds no rows.
    """
    if path.suffix == ".parquet":
        raise UsageError(f"{path}: tasks are read one by one here, which needs the .jsonl twin")
    rows = open_rows(path, (*SHARED_COLUMNS, *OUR_COLUMNS))
    return TaskShelf(rows, frozenset(rows.ids))
