"""The tasks of a file by id or by number, read when they are asked for: the file may be larger than memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.records.task import Task
from synthtools_stream.storage.datasets.dataset_reader import assert_readable
from synthtools_stream.storage.datasets.jsonl_reader import RowPlace, RowProblem, row_at, row_places
from synthtools_stream.storage.datasets.task_row import task_from_row

__all__ = ["TaskShelf", "open_shelf"]


@dataclass(frozen=True)
class TaskShelf:
    """Which tasks a file holds, and where; the last row of an id counts."""

    path: Path
    places: dict[str, RowPlace]
    ids: Sequence[str]
    """In the order in which they first appear; a task's number is its place here."""

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, task_id: object) -> bool:
        return task_id in self.places

    def task(self, task_id: str) -> Task:
        """Read a task.

        :raises KeyError: when the file holds none of this id.
        :raises DatasetError: when its row is none.
        :raises UsageError: when the file cannot be read any more.
        """
        place = self.places[task_id]
        row = row_at(self.path, place)
        try:
            if isinstance(row, RowProblem):
                raise row
            return task_from_row(row)
        except RowProblem as problem:
            raise DatasetError(self.path, place.line, problem.reason, task_id) from problem


def open_shelf(path: Path) -> TaskShelf:
    """Find the tasks of a `.jsonl` file.

    :raises UsageError: when it cannot be read, is none, or holds no row with an id.
    """
    assert_readable(path)
    if path.suffix == ".parquet":
        raise UsageError(f"{path}: tasks are read one by one here, which needs the .jsonl twin")
    places = row_places(path)
    if not places:
        raise UsageError(f"{path}: the file holds no task")
    return TaskShelf(path, places, tuple(places))
