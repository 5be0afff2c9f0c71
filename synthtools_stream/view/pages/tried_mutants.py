"""Outcomes that fall just short of a task's, judged again for the page: each with what the verdict has against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.proof.call_mutants import without_steps
from synthtools_stream.proof.integrity import Replay, replay
from synthtools_stream.proof.verdict import Target, judge_attempt, target_of
from synthtools_stream.proof.verdict_trials import closing_of
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Task
from synthtools_stream.records.trajectory import VerdictKind

__all__ = ["TriedMutant", "tried_mutants"]

_MOST_WRITES = 5
"""Writing steps up to which every pair of them is left out: ten outcomes, some milliseconds."""


@dataclass(frozen=True)
class TriedMutant:
    """An outcome that is not the task's."""

    what: str
    steps: Sequence[int]
    """Those that were left out; empty where nothing was done."""
    is_rejected: bool
    reasons: Sequence[str]


def tried_mutants(task: Task) -> list[TriedMutant]:
    """Return ways to do too little, and how each is judged; none where the row cannot be replayed or has no steps."""
    try:
        replayed, target = replay(task), target_of(task)
    except (BadCall, StateProblem):
        return []
    return list(_tried(task, replayed, target)) if task.steps else []


def _tried(task: Task, replayed: Replay, target: Target) -> Iterator[TriedMutant]:
    def judged(what: str, steps: Sequence[int], state: State, told: str) -> TriedMutant:
        verdict = judge_attempt(task, state, told, target=lambda _: target)
        return TriedMutant(what, steps, verdict.kind is not VerdictKind.solved, verdict.reasons)

    told = closing_of(task)
    yield judged("nothing done, nothing said", [], replayed.states[0], "")
    writes = [index for index, step in enumerate(task.steps) if step.changes]
    for index in writes:
        yield judged("left out", [index], without_steps(task, replayed, [index]), told)
    if len(writes) <= _MOST_WRITES:
        for pair in combinations(writes, 2):
            yield judged("left out", pair, without_steps(task, replayed, pair), told)
    if task.answer:
        yield judged("all done, nothing said", [], replayed.final, "")
