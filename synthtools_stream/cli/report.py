"""How a run's end is told: what was made, by which model, where, and what to try next."""

from __future__ import annotations

from synthtools_stream.assembly import RunSummary
from synthtools_stream.cli.exits import notice
from synthtools_stream.cli.plain import printable

__all__ = ["say_end"]

EMBEDDED = "embedded-procedural/"
LABELS = {
    "environments": "environments",
    "tools": "tools that passed their audit",
    "tasks": "proven tasks",
    "trajectories": "trajectories",
    "rejected": "rejected items",
}


def say_end(summary: RunSummary) -> None:
    """Print the results to stdout, and hints to stderr."""
    if summary.already_finished:
        notice(f"{summary.directory}: this run is finished; nothing to do")
    rows = summary.rows
    print(f"{summary.directory}:")
    for kind, label in LABELS.items():
        if rows[kind]:
            print(f"  {rows[kind]:>7,} {label}")
    print(f"made by {printable(summary.model, 200)}")
    if summary.model.startswith(EMBEDDED):
        print("(the embedded procedural model: a self-test of the harness, not model quality)")
    if summary.failed:
        notice(f"{summary.failed} items failed for reasons of infrastructure; the same command tries them again")
    notice("next: " + " · ".join(_hints(summary)))


def _hints(summary: RunSummary) -> list[str]:
    directory = summary.directory
    hints = [f"synthtools-stream status {directory}"]
    if summary.rows["tasks"]:
        dataset = f"{directory}/task_content.jsonl"
        hints += [f"verify {dataset}", f"rollout --dataset {dataset} --out {directory}-rollouts"]
    else:
        hints.append(f"tail {directory}")
    return hints
