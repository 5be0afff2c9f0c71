"""Certify a file of brought rows, one after another, and write them to another file.

That file has a dataset's columns. Rows that got a certificate are ours in every column; the others keep the values that
they came with, columns that we do not know included. Rows that cannot be read are reported, and not written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from synthtools_stream.errors import DatasetError
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.brought_rows.row_certification import Certification, Standing, certified_row
from synthtools_stream.proof.side_by_side import side_by_side
from synthtools_stream.records.task import Certificate
from synthtools_stream.storage.datasets.columns import COLUMNS, as_columns
from synthtools_stream.storage.datasets.dataset_reader import Located, read_located_tasks
from synthtools_stream.storage.datasets.replaced_file import replaced_file
from synthtools_stream.storage.datasets.shared_ids import SharedIds
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["CertifyReport", "RowReport", "certify_file"]

_AT_ONCE = 16
"""Rows that are certified at once: enough to keep the sandbox's workers busy, few enough to be shown as they come."""


@dataclass(frozen=True)
class RowReport:
    """What became of one row."""

    id: str
    """Empty where the row holds none, or cannot be read at all."""
    line: int
    standing: Standing
    holds: Sequence[str] = ()
    """Parts that hold."""
    reasons: Sequence[str] = ()
    """What does not, the part's name first."""
    certificate: Certificate | None = None

    def to_json(self) -> JsonObject:
        """Return the report as `certify --json` prints it."""
        claims = {} if self.certificate is None else self.certificate.to_json()
        return {
            "id": self.id,
            "line": self.line,
            "standing": self.standing.value,
            "holds": [*self.holds],
            "reasons": [*self.reasons],
            "kinds": claims.get("kinds", {}),
            "exempt": claims.get("exempt", []),
        }


@dataclass
class CertifyReport:
    """How many rows became what, and which lines share an id: the last of them counts."""

    counted: Counter[Standing] = field(default_factory=Counter[Standing])
    shared: SharedIds = field(default_factory=SharedIds)

    @property
    def lacking(self) -> int:
        """Rows that have no certificate now."""
        return self.counted[Standing.uncertified] + self.counted[Standing.unread]


async def certify_file(
    path: Path, sandbox: Sandbox, out: Path | None, show: Callable[[RowReport], None], *, strict: bool = False
) -> CertifyReport:
    """Certify the rows of `path`, `show` what became of each, and write them to `out`, which is there at the end only.

    :raises UsageError: when `path` cannot be read, or `out` not be written for what it is.
    :raises DatasetError: with `strict`, where lines share an id, and at the first row that cannot be read.
    :raises StorageError: when the disk refuses `out`.
    :raises SandboxMissing: when a worker of the sandbox that ended cannot be replaced.
    """
    report = CertifyReport()
    with nullcontext(_nowhere) if out is None else replaced_file(path, out) as write:
        rows = read_located_tasks(path, strict=strict, shared=report.shared)
        while batch := list(islice(rows, _AT_ONCE)):
            tasks = [item.task for item in batch if isinstance(item, Located)]
            found = iter(await side_by_side(certified_row(task, sandbox) for task in tasks))
            for item in batch:
                if isinstance(item, DatasetError):
                    told = RowReport(item.row_id, item.line, Standing.unread, reasons=[item.reason])
                else:
                    certification = next(found)
                    write(_row(item, certification))
                    told = _told(item, certification)
                report.counted[told.standing] += 1
                show(told)
    return report


def _told(item: Located, found: Certification) -> RowReport:
    certificate = found.task.certificate if found.standing is Standing.certified else None
    return RowReport(item.task.id, item.line, found.standing, found.holds, found.reasons, certificate)


def _row(item: Located, found: Certification) -> JsonObject:
    """Return a row as it is written: all ours where it was certified, else with the values that it had."""
    row = found.task.to_json()
    if found.standing is Standing.certified or item.row is None:
        return as_columns("tasks", row)
    known = COLUMNS["tasks"]
    more = {name: value for name, value in item.row.items() if name not in known}
    return {**as_columns("tasks", {**item.row, "id": row["id"], "gt_tool_calls": row["gt_tool_calls"]}), **more}


def _nowhere(row: JsonObject) -> None:
    """Write no row."""
