"""Which tasks a package holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.export.environment_packages.nemo_gym_environment import NemoGymEnvironment
from synthtools_stream.export.environment_packages.openenv_package import OpenEnvPackage
from synthtools_stream.export.export_folder import LEFT_OUT
from synthtools_stream.export.task_format import TaskFormat
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.row_loader import load_tasks
from tests.export.exported import attempt, corpus, export, rows, task

PLAIN = task()


def with_tool(name: str) -> Task:
    """Return the task with one more tool of this name, which is code as well."""
    first = PLAIN.tools[0]
    programs = {**PLAIN.meta.programs, name: PLAIN.meta.programs[first.tool_name]}
    return PLAIN.model_copy(
        update={
            "tools": [*PLAIN.tools, first.model_copy(update={"tool_name": name})],
            "meta": PLAIN.meta.model_copy(update={"programs": programs}),
        }
    )


@pytest.mark.parametrize(
    ("form", "unfit", "reason"),
    [
        (NemoGymEnvironment(), PLAIN.model_copy(update={"certificate": None}), "unproven"),
        (
            OpenEnvPackage(),
            PLAIN.model_copy(update={"meta": PLAIN.meta.model_copy(update={"programs": {}})}),
            "not_coded",
        ),
        (OpenEnvPackage(), with_tool("submit_answer"), "reserved_name"),
        (OpenEnvPackage(), with_tool("reset"), "reserved_name"),
        (NemoGymEnvironment(), with_tool("verify"), "reserved_name"),
    ],
)
def test_what_cannot_be_played_is_left_out(form: TaskFormat, unfit: Task, reason: str, tmp_path: Path) -> None:
    """With the reason; the others are there."""
    sound = task("freight_spec_001_seq03")
    run = corpus(tmp_path / "run", [unfit, sound], [])
    folder = export(run, form.name, tmp_path / "out")
    assert [(left["id"], left["reason"]) for left in rows(tmp_path / "out" / LEFT_OUT)] == [(unfit.id, reason)]  # type: ignore[index,call-overload]
    assert 1 in folder.lines.values()


def test_attempts_without_their_task(tmp_path: Path) -> None:
    """They make no environment."""
    orphan = attempt(0, task("freight_spec_001_seq09"))
    run = corpus(tmp_path / "run", [PLAIN], [orphan])
    assert export(run, "openenv", tmp_path / "out").left_out == {"no_task": 1}


def test_packed_tasks_are_those_of_the_run(tmp_path: Path) -> None:
    """Whatever reads our datasets reads them."""
    export(corpus(tmp_path / "run", [PLAIN], []), "openenv", tmp_path / "out")
    assert [*load_tasks(tmp_path / "out" / "synthtools_tasks" / "server" / "tasks.jsonl")] == [PLAIN]
