"""Rows whose programs mean harm: each fails for itself, and the rows beside it are proven."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from synthtools_stream.programs.monty_workers import MontyWorkers, WorkerUnstartable
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import SandboxMissing, open_sandbox
from synthtools_stream.proof.certificate import certify, seal
from synthtools_stream.proof.verify_report import verify_by_execution
from synthtools_stream.records import Task
from tests.programs.hostile_programs import HOSTILE
from tests.proof.coded_task import coded

TRIP_S = 0.5
"""Short, so that what loops is soon found out."""
LOOKS = '\n\ndef look(state):\n    return state["bookings"]\n'
"""What makes a program touch all that its tool's effects say: else code refuses it before it is run."""
UNWRITABLE = "holds half a character"
"""No file of rows can hold it."""


def _with_program(task: Task, name: str, source: str) -> Task:
    programs = {**task.meta.programs, "ListBookings": source + LOOKS}
    made = task.model_copy(update={"id": name, "meta": task.meta.model_copy(update={"programs": programs})})
    return made.model_copy(update={"certificate": certify(made)})


async def test_hostile_rows_fail_alone(tmp_path: Path) -> None:
    """Between honest rows stand rows with hostile programs: exactly those fail, at the step that runs the program."""
    honest = coded()
    hostile = [name for name in HOSTILE if name != UNWRITABLE]
    rows = [
        row
        for name in hostile
        for row in (
            _with_program(honest, name, HOSTILE[name][0]),
            _with_program(honest, f"after {name}", honest.meta.programs["ListBookings"]),
        )
    ]
    path = tmp_path / "task_content.jsonl"
    path.write_text("".join(json.dumps(row.to_json()) + "\n" for row in rows), encoding="utf-8")
    async with open_sandbox(2, trip_s=TRIP_S) as sandbox:
        report = await verify_by_execution(path, sandbox)
    assert [failure.id for failure in report.failed] == hostile
    assert all(reason.startswith("step 3: ") for failure in report.failed for reason in failure.reasons)
    assert (report.checked, report.proven) == (len(rows), len(hostile))


async def test_lost_sandbox_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a worker cannot be replaced, that is the machine's trouble and no row's: it is raised as it is."""

    def told(_workers: MontyWorkers, _trip: Sequence[ProgramCall]) -> list[dict[str, str] | Fault]:
        raise WorkerUnstartable("gone")

    path = tmp_path / "task_content.jsonl"
    rows = [coded().model_copy(update={"id": f"t{n}"}) for n in range(30)]
    path.write_text("".join(json.dumps(seal(row).to_json()) + "\n" for row in rows), encoding="utf-8")
    async with open_sandbox(1) as sandbox:
        monkeypatch.setattr(MontyWorkers, "told", told)
        with pytest.raises(SandboxMissing, match="gone"):
            await verify_by_execution(path, sandbox)
