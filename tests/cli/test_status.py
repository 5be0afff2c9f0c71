"""`status --json`: how far a run's tasks are from the distribution that was asked for."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.config import RunConfig
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.values.jsontypes import JsonObject
from tests.faults.faultkit import invoke
from tests.proof.freight import proven


def told(directory: Path, targets: JsonObject, tasks: int) -> JsonObject:
    """Return what is told of a run with these targets and so many tasks."""
    RunDirectory.claim(directory, RunConfig.build({"targets": targets}), "prompts")
    if tasks:
        (directory / "task_content.jsonl").write_bytes(tasks * (orjson.dumps(proven().to_json()) + b"\n"))
    done = invoke("status", directory, "--json")
    assert done.exit_code == 0, done.stderr
    status: JsonObject = orjson.loads(done.stdout)
    return status


def test_difference_to_the_targets(tmp_path: Path) -> None:
    """Counts and differences stand under `coverage`, each axis that has a target with its own."""
    length = str(len(proven().steps))
    coverage = told(tmp_path, {"lengths": {length: 1, "6": 1}}, tasks=1)["coverage"]
    assert isinstance(coverage, dict)
    assert coverage["tasks"] == 1
    assert coverage["lengths"] == {length: 1}
    gaps = coverage["differences"]
    assert isinstance(gaps, dict)
    assert {kind: gap for kind, gap in gaps.items() if gap} == {"lengths": {length: 0.5, "6": -0.5}}


@pytest.mark.parametrize(("targets", "tasks"), [({}, 1), ({"patterns": {"join": 1}}, 0)])
def test_nothing_to_be_told(tmp_path: Path, targets: JsonObject, tasks: int) -> None:
    """Without targets no row is read, and without rows there is nothing to compare."""
    assert "coverage" not in told(tmp_path, targets, tasks)
