"""How a run's trajectories fared: proven and unproven tasks apart, pass@k and pass^k, where judge and code differ."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.cli.console import say
from synthtools_stream.live.pass_rates import PassRates
from synthtools_stream.records import StopReason
from synthtools_stream.storage.datasets.row_loader import load_trajectories

__all__ = ["say_verdicts"]

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
    path = directory / "trajectories.jsonl"
    if path.exists() and path.stat().st_size:
        for line in _lines(PassRates.of(load_trajectories(path, bad_rows=lambda _bad: None))):
            say(line)


def _lines(scores: PassRates) -> list[str]:
    lines: list[str] = []
    if scores.proven:
        share = scores.solved / scores.tried
        low, high = scores.interval(share)
        lines.append(
            f"proven tasks: {scores.solved} of {scores.tried} attempts solved"
            f" ({share:.1%}, {low:.0%} to {high:.0%}), by code"
        )
        if scores.k > 1:
            some, every = scores.pass_any(scores.k), scores.pass_all(scores.k)
            lines.append(f"  pass@{scores.k} {some:.1%}, pass^{scores.k} {every:.1%}, over {len(scores.proven)} tasks")
        if scores.judged:
            lines.append(
                f"  the judge read {scores.judged} of them and differs from the verdict in {scores.disagreements}"
            )
    if scores.unproven:
        lines.append(
            f"tasks without a certificate: {scores.unproven} attempts, of which the judge takes {scores.judged_solved} "
            "for solved (unproven; never pooled with the above)"
        )
    for culprit, count in sorted(scores.faults.items()):
        lines.append(f"spoiled by an unusable {culprit}: {_attempts(count)}, counted in no rate")
    if scores.detours:
        lines.append(
            f"extra writes that were undone before the end: in {_attempts(scores.detours)}; they decide nothing"
        )
    for reason, meaning in _STOPS.items():
        if scores.stops[reason]:
            lines.append(f"ended as {reason.value}: {_attempts(scores.stops[reason])}; {meaning}")
    return lines


def _attempts(count: int) -> str:
    return "1 attempt" if count == 1 else f"{count:,} attempts"
