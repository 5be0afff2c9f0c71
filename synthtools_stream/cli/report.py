"""How a run's end is told: what was made, by which model, where, and what to try next."""

from __future__ import annotations

from synthtools_stream.assembly import RunSummary
from synthtools_stream.cli.exits import notice

__all__ = ["say_end"]

EMBEDDED = "embedded-procedural/"


def say_end(summary: RunSummary) -> None:
    """Print the results to stdout, and hints to stderr."""
    if summary.already_finished:
        notice(f"{summary.directory}: this run is finished; nothing to do")
    rows = summary.rows
    print(f"{summary.directory}:")
    for kind in ("environments", "tools", "tasks", "trajectories", "rejected"):
        print(f"  {rows[kind]:>7,} {'rejected items' if kind == 'rejected' else kind}")
    print(f"made by {summary.model}")
    if summary.model.startswith(EMBEDDED):
        print("(the embedded procedural model: a self-test of the harness, not model quality)")
    if summary.failed:
        notice(f"{summary.failed} items failed for reasons of infrastructure; the same command tries them again")
    notice(
        f"next: synthtools-stream status {summary.directory} · verify {summary.directory}/task_content.jsonl · "
        f"rollout --dataset {summary.directory}/task_content.jsonl --out {summary.directory}-rollouts"
    )
