"""A file of tasks to run on: which tasks it holds, which rows are bad, and the tasks themselves, read as needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthtools_stream.errors import DatasetError
from synthtools_stream.proof.verification import VerificationStatus, verify_task
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.dataset_reader import Located, read_located_tasks
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.storage.datasets.shared_ids import SharedIds

__all__ = ["TaskFile", "open_tasks"]

KEPT_PROBLEMS = 100
"""Bad rows of a file that are remembered with their reasons: more than anybody reads, whatever the file holds."""


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
    shared: SharedIds = field(default_factory=SharedIds)
    """Lines that share an id."""

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Task]:
        wanted = set(self.ids)
        tasks = load_tasks(self.path, bad_rows=lambda _known: None)
        return (task for task in tasks if task.id in wanted)

    def only(self, ids: Collection[str]) -> TaskFile:
        """Return the same file with fewer tasks."""
        wanted = set(ids)
        kept = [(name, field) for name, field in zip(self.ids, self.fields, strict=True) if name in wanted]
        return replace(self, ids=[name for name, _ in kept], fields=[field for _, field in kept])


def open_tasks(path: Path, *, strict: bool = False) -> TaskFile:
    """Read through a file once.

    A row whose certificate does not hold is a bad row: attempts at it would pass for attempts at a proven task. So is
    one whose ground truth its own tools refuse: no agent could be right.

    :raises UsageError: if the file cannot be read.
    :raises DatasetError: with `strict`, at the first bad row.
    """
    ids: list[str] = []
    fields: list[str] = []
    problems: list[DatasetError] = []
    skipped = 0
    shared = SharedIds()
    for item in read_located_tasks(path, strict=strict, shared=shared):
        problem = item if isinstance(item, DatasetError) else _false_row(path, item)
        if not isinstance(item, DatasetError) and problem is None:
            ids.append(item.task.id)
            fields.append(item.task.field)
        elif problem is not None:
            if strict:
                raise problem
            skipped += 1
            if skipped <= KEPT_PROBLEMS:
                problems.append(problem)
    return TaskFile(path, ids, fields, problems, skipped, shared)


def _false_row(path: Path, item: Located) -> DatasetError | None:
    verification = verify_task(item.task, item.row)
    if verification.status is not VerificationStatus.failed:
        return None
    reason = "; ".join(verification.reasons[:3])
    if item.task.certificate is not None:
        reason = f"its certificate does not hold: {reason}"
    return DatasetError(path, item.line, reason, item.task.id)
