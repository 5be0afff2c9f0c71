"""A file of tasks to run on: which tasks it holds, and the tasks themselves, each read and verified in its turn.

A row whose certificate does not hold is a bad row: attempts at it would pass for attempts at a proven task. So is one
whose ground truth its own tools refuse: no agent could be right. What is bad is handed out as unfit, so that the stage
it was meant for rejects it, and it is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthtools_stream.engine.unfit import Unfit
from synthtools_stream.errors import DatasetError
from synthtools_stream.proof.verification import VerificationStatus, verify_task
from synthtools_stream.records import Task
from synthtools_stream.records.task import SHARED_COLUMNS
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.storage.datasets.row_file import FoundRow, RowFile, open_rows
from synthtools_stream.storage.datasets.shared_ids import SharedIds
from synthtools_stream.storage.datasets.task_row import OUR_COLUMNS, TaskRow, read_row
from synthtools_stream.values.shards import Shard

__all__ = ["BadRows", "TaskFile", "open_tasks"]

KEPT_PROBLEMS = 100
"""Bad rows of a file that are remembered with their reasons: more than anybody reads, whatever the file holds."""


@dataclass
class BadRows:
    """Rows that were read and could not be used."""

    count: int = 0
    first: list[DatasetError] = field(default_factory=list[DatasetError])

    def add(self, problem: DatasetError) -> None:
        """Take note of one."""
        self.count += 1
        if self.count <= KEPT_PROBLEMS:
            self.first.append(problem)


@dataclass(frozen=True)
class TaskFile:
    """Tasks of a file by id; iterating reads and verifies them, one by one."""

    rows: RowFile
    ids: Sequence[str]
    """In the order in which they are handed out: the file's, at first."""
    strict: bool = False
    bad: BadRows = field(default_factory=BadRows)
    """What was found bad while iterating, so far."""

    @property
    def path(self) -> Path:
        """Where the tasks stand."""
        return self.rows.path

    @property
    def shared(self) -> SharedIds:
        """Lines that share an id."""
        return self.rows.shared

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[Task | Unfit]:
        """Read the tasks.

        :raises UsageError: when the file cannot be read any more.
        :raises DatasetError: where strict, at the first bad row, or line that shares its id.
        """
        shared = self.shared
        for found in self.rows.rows(self.ids):
            # In its turn, so that what is wrong further up is told first.
            if self.strict and shared.first is not None and found.line >= shared.first[1]:
                raise DatasetError(self.path, shared.first[2], str(shared), shared.first[0])
            yield self._offered(found)

    def only(self, ids: Collection[str]) -> TaskFile:
        """Return the same file with fewer tasks."""
        return replace(self, ids=[name for name in self.ids if name in ids])

    def of_fields(self, fields: Collection[str]) -> TaskFile:
        """Return the same file with the tasks of these fields; takes a pass that reads that column alone."""
        return self.only({name for name, value in self.rows.column("field") if value in fields})

    def of_shard(self, shard: Shard) -> TaskFile:
        """Return the same file with the tasks of one shard."""
        return replace(self, ids=[name for name in self.ids if shard.holds(name)])

    def open_ones(self, is_settled: Callable[[str], bool], is_begun: Callable[[str], bool]) -> TaskFile:
        """Return the same file with the tasks that are not settled, those first that were begun."""
        left = [name for name in self.ids if not is_settled(name)]
        return replace(self, ids=sorted(left, key=lambda name: not is_begun(name)))

    def first(self, count: int | None) -> TaskFile:
        """Return the same file with its first tasks."""
        return replace(self, ids=self.ids[:count])

    def _offered(self, found: FoundRow) -> Task | Unfit:
        try:
            read = _read(found)
            reason = _false_row(read, exact=self.path.suffix != ".parquet")
        except RowProblem as problem:
            return self._unfit(found, "unreadable_row", problem.reason)
        return read.task if reason is None else self._unfit(found, "false_row", reason)

    def _unfit(self, found: FoundRow, reason: str, detail: str) -> Unfit:
        problem = DatasetError(self.path, found.line, detail, found.id)
        if self.strict:
            raise problem
        self.bad.add(problem)
        return Unfit(found.id, reason, detail, found.line)


def open_tasks(path: Path, *, strict: bool = False) -> TaskFile:
    """Find the tasks of a file, in one pass over its ids; where `strict`, nothing bad in it is passed over.

    :raises UsageError: if the file cannot be read, or holds no rows.
    """
    rows = open_rows(path, (*SHARED_COLUMNS, *OUR_COLUMNS))
    return TaskFile(rows, rows.ids, strict)


def _read(found: FoundRow) -> TaskRow:
    if isinstance(found.row, RowProblem):
        raise found.row
    return read_row(found.row)


def _false_row(read: TaskRow, *, exact: bool) -> str | None:
    """Say what proof finds wrong with a row; of parquet, whose columns are filled up with nulls, with its task."""
    verification = verify_task(read.task, read.row if exact else None)
    if verification.status is not VerificationStatus.failed:
        return None
    reason = "; ".join(verification.reasons[:3])
    return reason if read.task.certificate is None else f"its certificate does not hold: {reason}"
