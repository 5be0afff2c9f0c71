"""A package of OpenEnv's; `bin/exports` lets `openenv validate` look at it and plays its tasks."""

from __future__ import annotations

from pathlib import Path

import orjson

from tests.export.exported import corpus, export, rows, task

TASKS = [task(f"freight_spec_00{number}_seq02") for number in range(4)]


def test_a_package_a_part(tmp_path: Path) -> None:
    """Each has its own name, count and digest; no task is in two."""
    out = tmp_path / "out"
    export(corpus(tmp_path / "run", TASKS, []), "openenv", out, split="train=0.5,test=0.5")
    versions = set()
    for name in ("synthtools_tasks", "synthtools_tasks_test"):
        told = (out / name / "openenv.yaml").read_text()
        assert "@" not in told
        assert f"name: {name}\n" in told
        assert "train: 2\n" in told
        versions.add(told.split("version: ")[2].split("\n")[0])
        assert f'server = "{name}.server.app:main"' in (out / name / "pyproject.toml").read_text()
        assert (out / name / "Dockerfile").exists()
        for file in ("server/app.py", "server/__init__.py", "validation/oracle.py"):
            compile((out / name / file).read_text(), file, "exec")
    assert len(versions) == 2


def test_plan_and_canaries(tmp_path: Path) -> None:
    """A validator's episode ends at once; every canary is of a task of the package."""
    export(corpus(tmp_path / "run", TASKS, []), "openenv", tmp_path / "out")
    package = tmp_path / "out" / "synthtools_tasks"
    plan = orjson.loads((package / "validation" / "runtime.json").read_bytes())
    assert plan["reset"] == {"episode_id": "validation", "seed": 0, "options": {}}
    assert [action["tool_name"] for action in plan["actions"]] == ["submit_answer"]
    told = [row["reset"]["task_id"] for row in rows(package / "validation" / "canaries.jsonl")]  # type: ignore[index,call-overload]
    assert set(told) == {one.id for one in TASKS}
