"""A file of tasks, and what verifying a whole file reports."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly.task_file import open_tasks
from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.proof.verify_report import verify_file
from synthtools_stream.values.jsontypes import JsonObject


def row(name: str, **more: str) -> JsonObject:
    """Return a row of seven columns."""
    shared: JsonObject = {
        "id": name,
        "field": "Freight",
        "summary": "Do it.",
        "tools": [{"tool_name": "Ping", "tool_description": "Ping."}],
        "gt_tool_calls": ["Ping()"],
        "initial_state": {},
        "final_state": {},
    }
    return {**shared, **more}


def written(path: Path, *rows: JsonObject | bytes) -> Path:
    """Write rows, or bad lines as they are."""
    path.write_bytes(b"".join((line if isinstance(line, bytes) else orjson.dumps(line)) + b"\n" for line in rows))
    return path


def test_ids_fields_problems(tmp_path: Path) -> None:
    """Ids and fields stand in the file's order; bad rows are told by line and skipped."""
    path = written(tmp_path / "t.jsonl", row("a"), b"{oops", row("b", field="Retail"), {"id": "c"})
    tasks = open_tasks(path)
    assert (tasks.ids, tasks.fields, len(tasks)) == (["a", "b"], ["Freight", "Retail"], 2)
    assert [problem.line for problem in tasks.problems] == [2, 4]
    assert [task.id for task in tasks] == ["a", "b"]
    assert [task.id for task in tasks] == ["a", "b"], "it can be read again"


def test_last_row_wins(tmp_path: Path) -> None:
    """Of several rows of one id the last counts, at the place of the first."""
    tasks = open_tasks(written(tmp_path / "t.jsonl", row("a", summary="old"), row("b"), row("a", summary="new")))
    assert [(task.id, task.summary) for task in tasks] == [("a", "new"), ("b", "Do it.")]


def test_only_some(tmp_path: Path) -> None:
    """A part of a file keeps the file's order."""
    tasks = open_tasks(written(tmp_path / "t.jsonl", row("a"), row("b", field="Retail"), row("c")))
    part = tasks.only({"c", "b"})
    assert (part.ids, part.fields, [task.id for task in part]) == (["b", "c"], ["Retail", "Freight"], ["b", "c"])


def test_strict_raises(tmp_path: Path) -> None:
    """With strictness the first bad row is raised with its line."""
    path = written(tmp_path / "t.jsonl", row("a"), b"{oops")
    with pytest.raises(DatasetError, match=r"t\.jsonl:2: "):
        open_tasks(path, strict=True)


def test_ground_truth_that_its_tools_refuse_is_skipped(tmp_path: Path) -> None:
    """No agent could be right: the row is named with its reason, and nothing is spent on it."""
    path = written(tmp_path / "t.jsonl", row("a"), {**row("b"), "gt_tool_calls": ["Ping(x=1)"]})
    tasks = open_tasks(path)
    assert [*tasks.ids] == ["a"]
    assert "t.jsonl:2: gt_tool_calls[0] does not pass its tool Ping: unknown parameter 'x'" in str(tasks.problems[0])
    with pytest.raises(DatasetError, match=r"t\.jsonl:2: "):
        open_tasks(path, strict=True)


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there, or holds nothing, is refused by name."""
    with pytest.raises(UsageError, match="no such file"):
        open_tasks(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="no rows"):
        open_tasks(written(tmp_path / "t.jsonl"))


def test_verify_counts(tmp_path: Path) -> None:
    """Every row is checked: one without a certificate is unproven, one that cannot be read fails with its line."""
    report = verify_file(written(tmp_path / "t.jsonl", row("a"), b"{oops", row("b")))
    assert (report.checked, report.proven, report.unproven) == (3, 0, 2)
    assert [(failure.id, failure.line) for failure in report.failed] == [("", 2)]
    shown = report.to_json()
    assert " ".join(shown) == "checked proven unproven executed older kinds lines_sharing_an_id failed"
    assert isinstance(shown["failed"], list)
    assert len(shown["failed"]) == 1
