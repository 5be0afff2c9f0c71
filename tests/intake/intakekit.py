"""Small files in the forms in which other people's corpora come, and what importing one gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from synthtools_stream.errors import DatasetError
from synthtools_stream.intake.file_import import ImportReport, import_rows
from synthtools_stream.intake.row_format import Beside
from synthtools_stream.proof.verification import VerificationStatus, verify_task
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["CANCEL", "WEATHER", "Imported", "Row", "as_text", "call", "imported", "imported_file", "lines", "only"]

Row = dict[str, object]
"""A row that a test writes."""
WEATHER: JsonObject = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tell the weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city."}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}
"""A tool in OpenAI's nested form."""
CANCEL: JsonObject = {
    "name": "cancel-order",
    "description": "Cancel an order.",
    "parameters": {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
}
"""A flat tool of a name that Python cannot write."""


@dataclass(frozen=True)
class Imported:
    """What became of a file."""

    tasks: list[Task]
    problems: list[str]
    """Line and reason of each row that was left out."""
    report: ImportReport


def as_text(value: object) -> str:
    """Return JSON text."""
    return orjson.dumps(value).decode()


def call(name: str, arguments: object, call_id: str = "call_1") -> Row:
    """Return a call as OpenAI's messages hold it."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def lines(path: Path, rows: Sequence[object]) -> Path:
    """Write a file of lines, its folder included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def imported_file(name: str, beside: Beside, *, refused: Sequence[str] | None = ()) -> Imported:
    """Import a file, write its rows, and read them as anybody would.

    Their tools take the calls of all but the rows `refused` (None: it does not matter).
    """
    report, problems = ImportReport(), list[str]()

    def hear(error: DatasetError) -> None:
        problems.append(f"{error.line}: {error.reason}")

    out = beside.path.with_suffix(".imported.jsonl")
    rows = [*import_rows(name, beside, report, hear)]
    if not rows:
        return Imported([], problems, report)
    tasks = [*load_tasks(lines(out, rows))]
    assert [task.id for task in tasks] == [row["id"] for row in rows]
    failed = [task.id for task in tasks if verify_task(task).status is VerificationStatus.failed]
    assert refused is None or failed == [*refused]
    return Imported(tasks, problems, report)


def imported(
    folder: Path, name: str, *rows: object, tools: Sequence[Json] = (), refused: Sequence[str] | None = ()
) -> Imported:
    """Import some rows, as lines."""
    return imported_file(name, Beside(lines(folder / "rows.jsonl", rows), tools=tools), refused=refused)


def only(folder: Path, name: str, row: object, *, tools: Sequence[Json] = ()) -> Task:
    """Import one row, which must tell a task."""
    found = imported(folder, name, row, tools=tools)
    assert found.problems == []
    (task,) = found.tasks
    return task
