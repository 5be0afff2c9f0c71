"""Tasks that somebody brings, from the file they have to attempts that code judges."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.values.jsontypes import object_at
from tests.e2e.commands import rows, synthtools
from tests.proof.brought_rows.retail import RETAIL


def test_certify_verify_rollout(tmp_path: Path) -> None:
    """A certified task has a verdict, whatever its ids look like; one that could not be proven has none."""
    out, attempts = tmp_path / "mine.jsonl", tmp_path / "attempts"
    assert synthtools("certify", RETAIL, "--out", out).returncode == 1
    assert synthtools("verify", out).returncode == 0
    plan = synthtools("rollout", "--dataset", out, "--out", attempts, "--dry-run").stdout
    assert "retail_steps  2 calls, proven (brought), " in plan
    done = synthtools("rollout", "--dataset", out, "--out", attempts, "--rollouts", "1")
    assert done.returncode == 0, done.stderr
    verdicts = {str(row["task_id"]): object_at(row, "verdict")["kind"] for row in rows(attempts, "trajectories.jsonl")}
    assert len(verdicts) == 6
    assert {task for task, kind in verdicts.items() if kind == "unproven"} == {"retail_bare", "retail_played_twice"}
