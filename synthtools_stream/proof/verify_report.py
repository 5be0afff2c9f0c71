"""Verify a whole file: how many rows are proven, unproven, or fail, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from synthtools_stream.errors import DatasetError
from synthtools_stream.proof.verification import VerificationStatus, verify_task
from synthtools_stream.storage.datasets.dataset_reader import read_located_tasks
from synthtools_stream.storage.datasets.shared_ids import SharedIds
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Failure", "VerifyReport", "verify_file"]


@dataclass(frozen=True)
class Failure:
    """A row that fails."""

    id: str
    """Empty where the row holds none, or cannot be read at all."""
    line: int
    reasons: tuple[str, ...]


@dataclass
class VerifyReport:
    """What verifying a file came to."""

    checked: int = 0
    proven: int = 0
    unproven: int = 0
    failed: list[Failure] = field(default_factory=list[Failure])
    shared: SharedIds = field(default_factory=SharedIds)
    """Lines that share an id: the last of them was checked."""

    def to_json(self) -> JsonObject:
        """Return the report as `verify --json` prints it."""
        return {
            "checked": self.checked,
            "proven": self.proven,
            "unproven": self.unproven,
            "lines_sharing_an_id": self.shared.lines,
            "failed": [{"id": row.id, "line": row.line, "reasons": [*row.reasons]} for row in self.failed],
        }


def verify_file(path: Path, *, strict: bool = False) -> VerifyReport:
    """Verify every row of a file; rows that cannot be read fail.

    :raises UsageError: when the file itself cannot be read.
    :raises DatasetError: with `strict`, where lines share an id, and at the first row that cannot be read.
    """
    report = VerifyReport()
    for item in read_located_tasks(path, strict=strict, shared=report.shared):
        report.checked += 1
        if isinstance(item, DatasetError):
            report.failed.append(Failure(item.row_id, item.line, (item.reason,)))
            continue
        result = verify_task(item.task, item.row)
        if result.status is VerificationStatus.proven:
            report.proven += 1
        elif result.status is VerificationStatus.unproven:
            report.unproven += 1
        else:
            report.failed.append(Failure(item.task.id, item.line, result.reasons))
    return report
