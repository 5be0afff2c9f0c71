"""Go through somebody's file, row by row, and hand out rows of tasks; what is none is told by line, and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.intake.format_table import format_named, is_task_row, plain_format
from synthtools_stream.intake.row_format import Beside, Reader
from synthtools_stream.intake.source_rows import source_rows
from synthtools_stream.intake.written_row import written_row
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["ImportReport", "import_rows"]

_PARTICULAR = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
"""What a reason says of one row alone: names and numbers."""


@dataclass
class ImportReport:
    """What became of the rows of a file."""

    imported: int = 0
    renamed: int = 0
    """Rows that got an id of ours, because they hold none, or one that stood there before."""
    left_out: Counter[str] = field(default_factory=Counter[str])
    """Rows that were not imported, by reason; names and numbers in it are left out."""


def import_rows(
    name: str, beside: Beside, report: ImportReport, tell: Callable[[DatasetError], object], *, strict: bool = False
) -> Iterator[JsonObject]:
    """Yield a task's row for each row of a file of the format `name` that tells one; `tell` hears of every other.

    Only the ids are held, never rows. `report` is complete at the end.

    :raises UsageError: when the format is unknown, or plainly another one, or a file cannot be read.
    :raises DatasetError: with `strict`, at the first row that is not imported.
    """
    read = format_named(name).reader(beside)
    ids = _Ids(beside.path.stem, report)
    first = True
    for line, row in source_rows(beside.path):
        try:
            if isinstance(row, RowProblem):
                raise row
            if first:
                _assert_format(name, row, beside, line)
                first = False
            yield _imported(row, line, read, ids)
        except RowProblem as problem:
            error = DatasetError(beside.path, line, problem.reason, problem.row_id)
            if strict:
                raise error from problem
            report.left_out[_PARTICULAR.sub("…", problem.reason)] += 1
            tell(error)
        else:
            report.imported += 1
    if not report.imported and not report.left_out:
        raise UsageError(f"{beside.path}: the file holds no rows")


def _imported(row: JsonObject, line: int, read: Reader, ids: _Ids) -> JsonObject:
    told = read(row)
    written = written_row(told, told.id or "?")
    return {**written, "id": ids.settled(told.id, line)}


def _assert_format(name: str, row: JsonObject, beside: Beside, line: int) -> None:
    """Refuse a file whose first row has the columns of another format, and none of its own.

    :raises UsageError: with the other format's name.
    """
    if format_named(name).knows(row):
        return
    where = f"{beside.path}:{line}"
    if is_task_row(row):
        raise UsageError(f"{where}: this is a row of a task already: verify, certify and rollout read it as it is")
    other = plain_format(row)
    if other:
        raise UsageError(f"{where}: this is no row of {name}, but one of {other}: use --from {other}")
    shown = ", ".join([*row][:8])
    raise UsageError(f"{where}: this is no row of {name}, nor of another format that is known; it has {shown}")


class _Ids:
    """The ids of the rows that were imported: their own where they are unique, else made of file and line."""

    def __init__(self, stem: str, report: ImportReport) -> None:
        self._stem = stem
        self._report = report
        self._seen: set[str] = set()

    def settled(self, own: str, line: int) -> str:
        """Return the id under which a row is written."""
        name = own
        if not name or name in self._seen:
            self._report.renamed += 1
            name = f"{self._stem}-{line}"
            while name in self._seen:
                name += "+"
        self._seen.add(name)
        return name
