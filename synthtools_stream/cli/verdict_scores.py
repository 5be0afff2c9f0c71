"""How a run's trajectories fared: proven and unproven tasks apart, pass@k and pass^k, where judge and code differ."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import comb
from pathlib import Path

from synthtools_stream.cli.console import say
from synthtools_stream.records import StopReason, Trajectory, VerdictKind
from synthtools_stream.storage.datasets.dataset_reader import read_records

__all__ = ["Scores", "pass_all_k", "pass_any_k", "say_verdicts"]

_STOPS = {
    StopReason.call_as_text: "the server seems to have no parser for tool calls: start it with one, or use --mode json",
    StopReason.cut: "closing messages were cut by the token limit",
    StopReason.filtered: "the server withheld closing messages",
    StopReason.stuck: "the agent did the same with the same result three times in a row",
}
"""Endings without an answer, and what is to be said of them."""


@dataclass
class Scores:
    """What a set of trajectories adds up to."""

    proven: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    """Attempts at each proven task: solved or not."""
    unproven: int = 0
    judged_solved: int = 0
    """Of the unproven ones: how many the judge takes for solved."""
    disagreements: int = 0
    judged: int = 0
    faults: int = 0
    """Attempts that something other than the agent spoiled: they are in no rate."""
    detours: int = 0
    """Attempts that changed something nobody asked for and undid it."""
    stops: Counter[StopReason] = field(default_factory=Counter[StopReason])

    def add(self, row: Trajectory) -> None:
        """Count one trajectory."""
        self.stops[row.stop_reason] += 1
        if row.fault:
            self.faults += 1
            return
        self.detours += bool(row.alignment.detours)
        if row.verdict.kind is VerdictKind.unproven:
            self.unproven += 1
            self.judged_solved += bool(row.judge and row.judge.solved)
            return
        self.proven[row.task_id].append(row.verdict.kind is VerdictKind.solved)
        self.judged += row.judge is not None
        self.disagreements += bool(row.disagreement)


def pass_any_k(solved: int, attempts: int, k: int) -> float:
    """Return pass@k: the chance that at least one of k attempts, drawn from these, is solved."""
    return 1.0 - comb(attempts - solved, k) / comb(attempts, k)


def pass_all_k(solved: int, attempts: int, k: int) -> float:
    """Return pass^k: the chance that all of k attempts, drawn from these, are solved."""
    return comb(solved, k) / comb(attempts, k)


def say_verdicts(directory: Path) -> None:
    """Print how the trajectories of a run directory fared."""
    path = directory / "trajectories.jsonl"
    scores = Scores()
    if path.exists() and path.stat().st_size:
        for row in read_records(path, Trajectory):
            if isinstance(row, Trajectory):
                scores.add(row)
    for line in _lines(scores):
        say(line)


def _lines(scores: Scores) -> list[str]:
    lines: list[str] = []
    attempts = [list(tries) for tries in scores.proven.values()]
    if attempts:
        solved, tried = sum(map(sum, attempts)), sum(map(len, attempts))
        lines.append(f"proven tasks: {solved} of {tried} attempts solved ({solved / tried:.1%}), by code")
        k = min(len(tries) for tries in attempts)
        if k > 1:
            some = sum(pass_any_k(sum(tries), len(tries), k) for tries in attempts) / len(attempts)
            every = sum(pass_all_k(sum(tries), len(tries), k) for tries in attempts) / len(attempts)
            lines.append(f"  pass@{k} {some:.1%}, pass^{k} {every:.1%}, over {len(attempts)} tasks")
        if scores.judged:
            lines.append(
                f"  the judge read {scores.judged} of them and differs from the verdict in {scores.disagreements}"
            )
    if scores.unproven:
        lines.append(
            f"tasks without a certificate: {scores.unproven} attempts, of which the judge takes {scores.judged_solved} "
            "for solved (unproven; never pooled with the above)"
        )
    if scores.faults:
        lines.append(f"spoiled by an unusable simulator: {_attempts(scores.faults)}, counted in no rate")
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
