# /// script
# dependencies = ["verifiers==0.4.*", "uv", "synthtools-stream @ ."]
# ///
"""Does verifiers take the taskset package: gold solves, nothing does not, and whole rollouts end as they should?

Run by `bin/exports` at the root. `vf-validate` looks at all tasks of a part, `vf-eval` plays some with a model that
does what solves a task, or only talks.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, os.getcwd())
from tests.consumers.verifiers_rollout import served

PACKAGE = "synthtools_tasks"
PLAYED = 2
"""Tasks of `vf-eval`: each rollout takes seconds to begin."""
BIN = Path(sys.executable).parent


def run(command: str, work: Path, package: Path, *arguments: str) -> None:
    """Run one of verifiers' commands in `work`, with the package importable."""
    paths = {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONPATH": str(package)}
    called = [str(BIN / command), PACKAGE, *arguments]
    ran = subprocess.run(called, cwd=work, env={**os.environ, **paths}, check=False, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"{ran.stdout}\n{ran.stderr}\n{command} left with {ran.returncode}")


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows that a command wrote."""
    return [json.loads(line) for path in folder.rglob(name) for line in path.read_text().splitlines()]


def validate(work: Path, package: Path, part: str) -> None:
    """Let `vf-validate` look at every task of a part."""
    out = work / f"validated-{part}"
    run("vf-validate", work, package, "--taskset.part", part, "--runtime.type", "subprocess", "--output-dir", str(out))
    rows = lines(out, "results.jsonl")
    tasks = (package / PACKAGE / "data" / f"{part}.jsonl").read_text().count("\n")
    wrong = [row for row in rows if not (row["valid"] and row["gold"]["valid"] and row["noop"]["reward"] == 0.0)]
    if wrong or len(rows) != tasks:
        sys.exit(f"{part}: {len(rows)} of {tasks} tasks validated; wrong: {wrong[:3]}")


def play(work: Path, package: Path, gold: list[dict[str, Any]]) -> None:
    """Play the first tasks with a model that does what solves every other one, and at the rest only talks."""
    silent = [task["task_id"] for task in gold[1::2]]
    script = [{**task, "calls": [], "closing": "Done."} if task["task_id"] in silent else task for task in gold]
    out = work / "played"
    with served(script, act=True) as model:
        asked = ["--model", "scripted", "--no-push", "--output-dir", str(out), "-n", str(PLAYED)]
        asked += ["--env.agent.harness.id", "null", "--env.agent.runtime.type", "subprocess"]
        run("vf-eval", work, package, *asked, "--client.base-url", model)
    played = [trace for episode in lines(out, "traces.jsonl") for trace in episode["traces"]]
    for trace in played:
        task = next(task for task in gold if task["task_id"] == trace["task"]["data"]["task_id"])
        wanted = (0.0, 0) if task["task_id"] in silent else (1.0, len(task["calls"]))
        found = (trace["rewards"]["solved"]["score"], trace["metrics"]["calls"])
        if found != wanted:
            sys.exit(f"{task['task_id']}: reward and calls {found}, not {wanted}")
    if len(played) != PLAYED:
        sys.exit(f"{len(played)} of {PLAYED} tasks were played")


def main(folder: Path) -> None:
    """Look at one part, and play tasks of the other."""
    package, work = folder / "verifiers", folder / "verifiers-work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    validate(work, package, "test")
    told = [sys.executable, "-m", "tests.consumers.gold", str(package / PACKAGE / "data" / "train.jsonl")]
    gold = [json.loads(line) for line in subprocess.run(told, check=True, capture_output=True).stdout.splitlines()]
    play(work, package, gold)


main(Path(sys.argv[1]))
