"""Verify a whole file: how many rows are proven, proven as brought, unproven, or fail, and why.

Where the audited tools lie beside it, a proven row's tools and programs must be these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from synthtools_stream.errors import DatasetError
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.audited_tools import AuditedTools
from synthtools_stream.proof.execution import executed_steps
from synthtools_stream.proof.proof_kinds import kinds_of
from synthtools_stream.proof.side_by_side import side_by_side
from synthtools_stream.proof.verification import Verification, VerificationStatus, verify_rows, verify_task
from synthtools_stream.records.task import CERTIFICATE_VERSION, Task
from synthtools_stream.storage.datasets.dataset_reader import Located, read_located_tasks
from synthtools_stream.storage.datasets.shared_ids import SharedIds
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Failure", "VerifyReport", "verify_by_execution", "verify_file"]

_A_TRIP = 12
"""Rows whose calls travel to the sandbox together: some 50 calls, which costs a third less than a trip a row."""
_AT_ONCE = 8 * _A_TRIP
"""Rows that are verified at once: enough to keep the sandbox's workers busy, and few enough to hold."""


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
    brought: int = 0
    """Rows that hold, and that somebody brought: not among the proven."""
    unproven: int = 0
    executed: int = 0
    """Rows that hold, brought ones included, of which every call was made again."""
    older: int = 0
    """Proven rows whose certificate is of an earlier version, and claims less."""
    kinds: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    """Of how many proven rows a part of the proof rests on each kind of proof."""
    failed: list[Failure] = field(default_factory=list[Failure])
    shared: SharedIds = field(default_factory=SharedIds)
    """Lines that share an id: the last of them was checked."""

    def add(self, line: int, result: Verification, task: Task) -> None:
        """Count a row that was read, and by what its proof holds, where it does."""
        self.checked += 1
        certificate = task.certificate
        if result.status is VerificationStatus.proven and certificate is not None:
            self.proven += not task.meta.is_brought
            self.brought += task.meta.is_brought
            self.older += certificate.version < CERTIFICATE_VERSION
            for part, kinds in kinds_of(task, certificate).items():
                self.kinds.setdefault(part, Counter()).update(kind.value for kind in kinds)
        elif result.status is VerificationStatus.unproven:
            self.unproven += 1
        else:
            self.failed.append(Failure(result.id, line, result.reasons))

    def add_unread(self, error: DatasetError) -> None:
        """Count a row that cannot be read."""
        self.checked += 1
        self.failed.append(Failure(error.row_id, error.line, (error.reason,)))

    def to_json(self) -> JsonObject:
        """Return the report as `verify --json` prints it."""
        return {
            "checked": self.checked,
            "proven": self.proven,
            "brought": self.brought,
            "unproven": self.unproven,
            "executed": self.executed,
            "older": self.older,
            "kinds": {part: dict(counted) for part, counted in self.kinds.items()},
            "lines_sharing_an_id": self.shared.lines,
            "failed": [{"id": row.id, "line": row.line, "reasons": [*row.reasons]} for row in self.failed],
        }


def _unheard() -> None:
    """Take what nobody wants to hear."""


def verify_file(path: Path, *, strict: bool = False, read: Callable[[], None] = _unheard) -> VerifyReport:
    """Verify every row of a file; rows that cannot be read fail; `read` is told of each row.

    :raises UsageError: when the file itself cannot be read.
    :raises DatasetError: with `strict`, where lines share an id, and at the first row that cannot be read.
    """
    report, audited = VerifyReport(), AuditedTools(path)
    for item in read_located_tasks(path, strict=strict, shared=report.shared):
        read()
        if isinstance(item, DatasetError):
            report.add_unread(item)
        else:
            result = _as_audited(item.task, verify_task(item.task, item.row), audited)
            report.add(item.line, result, item.task)
    return report


async def verify_by_execution(
    path: Path, sandbox: Sandbox, *, strict: bool = False, read: Callable[[], None] = _unheard
) -> VerifyReport:
    """Do the same, and let the programs of coded tools make their calls again.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    :raises UsageError: when the file itself cannot be read.
    :raises DatasetError: with `strict`, where lines share an id, and at the first row that cannot be read.
    """
    report, audited = VerifyReport(), AuditedTools(path)
    rows = read_located_tasks(path, strict=strict, shared=report.shared)
    while batch := list(islice(rows, _AT_ONCE)):
        found = iter(await _verified([item for item in batch if isinstance(item, Located)], sandbox))
        for item in batch:
            read()
            if isinstance(item, DatasetError):
                report.add_unread(item)
            else:
                result = _as_audited(item.task, next(found), audited)
                report.add(item.line, result, item.task)
                report.executed += result.status is VerificationStatus.proven and _is_executed(item.task)
    return report


async def _verified(items: Sequence[Located], sandbox: Sandbox) -> list[Verification]:
    """Verify rows in order; while some are executed, the next are looked at."""
    trips = [[(item.task, item.row) for item in items[at : at + _A_TRIP]] for at in range(0, len(items), _A_TRIP)]
    return [result for trip in await side_by_side(verify_rows(trip, sandbox) for trip in trips) for result in trip]


def _as_audited(task: Task, result: Verification, audited: AuditedTools) -> Verification:
    if result.status is not VerificationStatus.proven or not (wrong := tuple(audited.problems(task))):
        return result
    return Verification(result.id, VerificationStatus.failed, wrong)


def _is_executed(task: Task) -> bool:
    return len(executed_steps(task)) == len(task.steps)
