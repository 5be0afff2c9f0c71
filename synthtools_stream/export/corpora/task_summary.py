"""`csv`: a line a task, for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import orjson

from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, Line, Made, line
from synthtools_stream.export.selection import Only, difficulty, outcomes
from synthtools_stream.records import Task
from synthtools_stream.storage.appendlog.whole_file import whole_file
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["TaskSummary", "as_cell"]

_COLUMNS = (
    "id",
    "environment",
    "field",
    "variant",
    "length",
    "tools",
    "difficulty",
    "attempts",
    "solved",
    "proven",
    "request",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a cell begins that a spreadsheet evaluates."""


class TaskSummary(ExportFormat):
    """What is worth sorting tasks by, and their requests."""

    name = "csv"
    read_by = "spreadsheets, and people who look for a task"
    needs = frozenset({Kind.tasks})
    takes = frozenset({Kind.trajectories})

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line]:  # noqa: ARG002 - as the base has it
        """Return the task's line."""
        if group.task is not None:
            yield line(f"{part}.jsonl", _row(group, group.task))

    def finish(self, made: Made) -> None:
        """Write each part's `.csv` beside its lines; raises as the base says."""
        for name in made.lines:
            source = made.folder / name
            with whole_file(source.with_suffix(".csv")) as path:
                _write_sheet(source, path)

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return f"""`{made.parts[0]}.csv` opens in a spreadsheet: UTF-8, commas between cells. What would begin as a
formula begins with `'`; in the lines of `{made.parts[0]}.jsonl` it stands as it is.

* `length`: calls of the ground truth. `tools`: tools that are offered.
* `attempts`: those that say something of the agent; `solved` of them solved the task. `difficulty`: the share that did
  not; empty where nobody tried.
* `proven`: the task has a certificate."""


def _write_sheet(source: Path, path: Path) -> None:
    with source.open("rb") as lines, path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(_COLUMNS)
        for text in lines:
            row: JsonObject = orjson.loads(text)
            sheet.writerow(as_cell(row[name]) for name in _COLUMNS)


def as_cell(value: Json) -> str | int | float:
    """Return a value as a cell that no spreadsheet evaluates; nothing is empty."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else ""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(group: TaskGroup, task: Task) -> JsonObject:
    counted = outcomes(group)
    values: tuple[Json, ...] = (
        task.id,
        task.meta.environment or group.environment,
        task.field,
        task.meta.variant,
        group.length,
        len(task.tools),
        difficulty(group),
        len(counted),
        counted.count(Only.passed),
        task.certificate is not None,
        task.summary,
    )
    return dict(zip(_COLUMNS, values, strict=True))
