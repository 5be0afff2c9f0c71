"""How a run's trajectories fared: proven and unproven tasks apart, pass@k and pass^k, whole and by group."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.cli.console import say
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.live.pass_rates import GROUPS, Group, PassRates
from synthtools_stream.live.task_tries import TaskTries
from synthtools_stream.records import Fault, StopReason
from synthtools_stream.storage.datasets.line_file import lines_size
from synthtools_stream.storage.datasets.row_loader import load_trajectories

__all__ = ["pass_rates_of", "say_verdicts"]

_SHOWN = 6
"""Groups of one kind that are named on the screen: they fit on a line or two; `status --json` has them all."""
_NAME = 40
"""Characters of a group's name that are shown."""
_FAULTS = {
    Fault.tool: "an unusable answer of a tool's program or simulator",
    Fault.task: "a task that does not come to the state it says",
    Fault.user: "an unusable simulated user",
    Fault.server: "a server that withheld the agent's words",
}

_STOPS = {
    StopReason.call_as_text: "the server seems to have no parser for tool calls: start it with one, or use --mode json",
    StopReason.cut: "closing messages were cut by the token limit",
    StopReason.filtered: "the server withheld closing messages",
    StopReason.agent_raised: "the agent's own code raised an error: the verdicts' reasons tell which",
    StopReason.stuck: "the agent did the same with the same result three times in a row",
}
"""Endings without an answer, and what is to be said of them."""


def say_verdicts(directory: Path) -> None:
    """Print how the trajectories of a run directory fared."""
    rates = pass_rates_of(directory)
    for line in _lines(rates) if rates is not None else ():
        say(line)


def pass_rates_of(directory: Path) -> PassRates | None:
    """Add up the trajectories of a run directory; None where there are none."""
    path = directory / "trajectories.jsonl"
    if not lines_size(path):
        return None
    return PassRates.of(load_trajectories(path, bad_rows=lambda _bad: None))


def _lines(scores: PassRates) -> list[str]:
    lines: list[str] = []
    if scores.proven:
        lines.extend(_rates("proven tasks", scores))
        lines.extend(f"  by {group}: {told}" for group in GROUPS if (told := _groups(scores, group)))
        if scores.judged:
            lines.append(
                f"  the judge read {scores.judged} of them and differs from the verdict in {scores.disagreements}"
            )
    if scores.brought.proven:
        lines.extend(_rates("brought tasks (never pooled with ours)", scores.brought))
    if scores.unproven:
        lines.append(
            f"tasks without a certificate: {scores.unproven} attempts, of which the judge takes {scores.judged_solved} "
            "for solved (unproven; never pooled with the above)"
        )
    for fault, count in sorted(scores.faults.items()):
        lines.append(f"spoiled by {_FAULTS[fault]}: {counted(count, 'attempt')}, counted in no rate")
    if scores.detours:
        lines.append(
            f"extra writes that were undone before the end: in {counted(scores.detours, 'attempt')};"
            " they decide nothing"
        )
    for reason, meaning in _STOPS.items():
        if scores.stops[reason]:
            lines.append(f"ended as {reason.value}: {counted(scores.stops[reason], 'attempt')}; {meaning}")
    return lines


def _rates(what: str, tries: TaskTries) -> list[str]:
    share = tries.solved / tries.tried
    low, high = tries.interval(share)
    whole = f"{what}: {tries.solved} of {tries.tried} attempts solved ({share:.1%}, {low:.0%} to {high:.0%}), by code"
    if tries.k <= 1:
        return [whole]
    some, every = tries.pass_any(tries.k), tries.pass_all(tries.k)
    return [whole, f"  pass@{tries.k} {some:.1%}, pass^{tries.k} {every:.1%}, over {len(tries.proven)} tasks"]


def _groups(scores: PassRates, group: Group) -> str:
    """Say how each group fared; nothing where there are not two of them."""
    found = scores.by(group)
    if len(found) < 2:
        return ""
    told = [_told(name, tries) for name, tries in found.items()]
    return ", ".join(told[:_SHOWN]) + (f" and {len(told) - _SHOWN} more (status --json)" if len(told) > _SHOWN else "")


def _told(name: str, tries: TaskTries) -> str:
    share = tries.solved / tries.tried
    low, high = tries.interval(share)
    return f"{printable(name, _NAME)} {share:.0%} ({low:.0%} to {high:.0%})"
