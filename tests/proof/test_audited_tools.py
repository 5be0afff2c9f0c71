"""The audited tools beside a dataset: a row may not tell its tools or their programs otherwise, whoever sealed it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.certificate import certify
from synthtools_stream.proof.verify_report import verify_by_execution, verify_file
from synthtools_stream.records import AuditedTool, Setting, Task
from synthtools_stream.storage.datasets.columns import as_columns
from tests.programs.coded_freight import CODED, PROGRAMS
from tests.proof.coded_task import coded
from tests.proof.freight import TYPES

SETTING = Setting(id="freight_spec_001", field="Freight", subfield="Ports", scenario="Moving.", entity_types=TYPES)


def placed(task: Task) -> Task:
    """Return a task in the environment of the audited tools, certified there."""
    task = task.model_copy(update={"meta": task.meta.model_copy(update={"environment": SETTING.id})})
    return task.model_copy(update={"certificate": certify(task)})


def written(folder: Path, task: Task) -> Path:
    """Write a run's audited tools, one row that is none, and one task."""
    audited = [
        AuditedTool(
            id=f"{SETTING.id}.{name}",
            setting=SETTING,
            tool_name=name,
            tool=tool,
            program=PROGRAMS[name],
            reliability=1.0,
        )
        for name, tool in CODED.items()
    ]
    lines = [json.dumps(as_columns("tools", tool.to_json())) for tool in audited]
    (folder / "tools.jsonl").write_text("\n".join([*lines, '{"id": "other people\'s"}', ""]), encoding="utf-8")
    path = folder / "task_content.jsonl"
    path.write_text(json.dumps(as_columns("tasks", task.to_json())) + "\n", encoding="utf-8")
    return path


def _tool(row: Any, name: str) -> Any:
    return next(tool for tool in row["tools"] if tool["tool_name"] == name)


ALTERED: dict[str, Callable[[Any], object]] = {
    "a program removed": lambda row: row["meta"]["programs"].pop("ListBookings"),
    "all programs removed": lambda row: row["meta"].pop("programs"),
    "a program that answers the same": lambda row: row["meta"]["programs"].update(
        MoveBooking=PROGRAMS["MoveBooking"] + "# the same\n"
    ),
    "another rule": lambda row: _tool(row, "MoveBooking").update(
        usage="Only a booking whose status is requested or confirmed can be moved."
    ),
    "effects told otherwise": lambda row: _tool(row, "ConfirmBooking")["effects"].update(reads=["vessels"]),
    "a description reworded": lambda row: _tool(row, "MoveBooking").update(tool_description="Cancel a booking."),
}


async def test_true_row_is_proven(tmp_path: Path) -> None:
    """Tools and programs as audited, however they stand in their files."""
    path = written(tmp_path, placed(coded()))
    assert (verify_file(path).proven, verify_file(path).executed) == (1, 0)
    async with open_sandbox(1) as sandbox:
        report = await verify_by_execution(path, sandbox)
    assert (report.proven, report.executed) == (1, 1)


@pytest.mark.parametrize("kind", ALTERED)
async def test_other_tools_fail_beside_the_audited_ones(kind: str, tmp_path: Path) -> None:
    """What is certified anew proves alone, and fails beside the audit's rows, with execution and without."""
    row: Any = placed(coded()).to_json()
    ALTERED[kind](row)
    task = placed(Task.model_validate(row))
    path = written(tmp_path, task)
    told = "is not the one that was audited"
    async with open_sandbox(1) as sandbox:
        reports = [verify_file(path), await verify_by_execution(path, sandbox)]
        assert all(told in report.failed[0].reasons[0] for report in reports)
        (tmp_path / "tools.jsonl").unlink()
        reports = [verify_file(path), await verify_by_execution(path, sandbox)]
    assert [report.proven for report in reports] == [1, 1]


def test_tools_of_other_environments_say_nothing(tmp_path: Path) -> None:
    """A row of another run beside this one's tools is verified as if they were not there."""
    assert verify_file(written(tmp_path, coded())).proven == 1


def test_empty_file_says_nothing(tmp_path: Path) -> None:
    """A run that rejected every tool has an empty file of them."""
    path = written(tmp_path, placed(coded()))
    (tmp_path / "tools.jsonl").write_text("", encoding="utf-8")
    assert verify_file(path).proven == 1
