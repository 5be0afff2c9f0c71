"""How a run's end is told: what was made, by which model, where, what to try next, and the exit code."""

from __future__ import annotations

import shlex

from synthtools_stream.assembly import RunSummary
from synthtools_stream.assembly.task_file import TaskFile
from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import DONE, NOTHING, STOPPED
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.storage.datasets.played_tools import played_tools

__all__ = ["exit_code", "say_empty_part", "say_end", "say_skipped"]

EMBEDDED = "embedded-procedural/"
LABELS = {
    "environments": ("environment", "environments"),
    "tools": ("tool that passed its audit", "tools that passed their audit"),
    "tasks": ("proven task", "proven tasks"),
    "trajectories": ("trajectory", "trajectories"),
    "rejected": ("rejected item", "rejected items"),
}
SHOWN = 20
"""Bad rows of a file that are named on the screen: they fit on it, and the rest is counted."""


def say_end(summary: RunSummary) -> None:
    """Print the results to stdout, and hints to stderr."""
    if summary.already_finished:
        notice(f"{summary.directory}: this run is finished; nothing to do")
    rows = summary.rows
    say(printable(f"{summary.directory}:"))
    for kind, (one, many) in LABELS.items():
        if rows[kind]:
            number, noun = counted(rows[kind], one, many).split(" ", maxsplit=1)
            say(f"  {number:>7} {noun}{_played(summary) if kind == 'tools' else ''}")
    if summary.model:  # of a session that had no time, nobody knows it
        say(f"made by {printable(summary.model, 200)}")
    for line in _embedded(summary.model):
        say(line)
    if summary.failed:
        failed = counted(summary.failed, "item")
        notice(f"{failed} failed for reasons of infrastructure (tail shows why); the same command tries again")
    if summary.out_of_time:
        notice("the deadline ended this session; the same command, with another deadline, goes on")
    if summary.directory.exists():
        notice("next: " + " · ".join(_hints(summary)))


def _played(summary: RunSummary) -> str:
    coded = played_tools(summary.directory / "tools.jsonl")["coded"]
    return f", {coded:,} of them code" if coded else ""


def say_empty_part(shard: str) -> None:
    """Say that a part holds nothing, which is no failure: the hash of their names deals the items out."""
    notice(f"shard {shard} holds nothing of this run; merge wants its directory all the same")


def exit_code(summary: RunSummary, *, empty_part: bool = False) -> int:
    """Return how a command leaves that ran a pipeline; a budget, a deadline and an empty part are good ends."""
    if summary.failed:
        return STOPPED
    return DONE if summary.produced or summary.out_of_time or empty_part else NOTHING


def _embedded(names: str) -> list[str]:
    """Say what the embedded model played, from the run's models: its own, then `role model` of each other one."""
    own, *others = names.split("; ")
    parts = [heading.partition(" ") for heading in others]
    played = [role for role, _, model in parts if model.startswith(EMBEDDED)]
    real = [role for role, _, model in parts if not model.startswith(EMBEDDED)]
    if own.startswith(EMBEDDED):
        if real:
            return [f"(the embedded procedural model played every role but {', '.join(map(printable, real))})"]
        return ["(the embedded procedural model: a self-test of the harness, not model quality)"]
    return [f"(the embedded procedural model played {', '.join(map(printable, played))})"] if played else []


def say_skipped(source: TaskFile) -> None:
    """Name the rows of a file that were found to be of no use, the first of them at least, and count them all."""
    bad = source.bad
    for problem in bad.first[:SHOWN]:
        notice(f"skipped: {problem}")
    if bad.count:
        notice(f"{source.path}: {counted(bad.count, 'row was', 'rows were')} skipped; rejected.jsonl has each of them")


def _hints(summary: RunSummary) -> list[str]:
    directory = summary.directory
    named = shlex.quote(str(directory))
    hints = [f"synthtools-stream status {named}"]
    if summary.rows["tasks"]:
        dataset = shlex.quote(str(directory / "task_content.jsonl"))
        beside = shlex.quote(f"{directory if directory.name else directory.absolute()}-rollouts")
        hints += [f"verify {dataset}", f"rollout --dataset {dataset} --out {beside}"]
    else:
        hints.append(f"tail {named}")
    return hints
