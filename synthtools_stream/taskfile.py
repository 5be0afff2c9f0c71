"""A file of tasks to run on: which tasks it holds, which rows are bad, and the tasks themselves, read as needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthtools_stream.datasets import read_tasks
from synthtools_stream.errors import DatasetError
from synthtools_stream.records import Task

__all__ = ["TaskFile", "open_tasks"]

KEPT_PROBLEMS = 100


@dataclass(frozen=True)
class TaskFile:
    """Tasks of a file by id, in the file's order; iterating reads them again, one by one."""

    path: Path
    ids: Sequence[str]
    fields: Sequence[str]
    """The field of each id."""
    problems: Sequence[DatasetError]
    """What is wrong with the first rows that cannot be used."""
    skipped: int
    """How many cannot be used."""

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Task]:
        wanted = set(self.ids)
        for task in read_tasks(self.path):
            if isinstance(task, Task) and task.id in wanted:
                yield task

    def only(self, ids: Collection[str]) -> TaskFile:
        """Return the same file with fewer tasks."""
        wanted = set(ids)
        kept = [(name, field) for name, field in zip(self.ids, self.fields, strict=True) if name in wanted]
        return replace(self, ids=[name for name, _ in kept], fields=[field for _, field in kept])


def open_tasks(path: Path, *, strict: bool = False) -> TaskFile:
    """Read through a file once; raises UsageError where it cannot be read, DatasetError with `strict`."""
    ids: list[str] = []
    fields: list[str] = []
    problems: list[DatasetError] = []
    skipped = 0
    for task in read_tasks(path, strict=strict):
        if isinstance(task, DatasetError):
            skipped += 1
            if skipped <= KEPT_PROBLEMS:
                problems.append(task)
        else:
            ids.append(task.id)
            fields.append(task.field)
    return TaskFile(path, ids, fields, problems, skipped)
