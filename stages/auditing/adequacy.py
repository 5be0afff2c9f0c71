"""Adequacy: how many of a program's mutants some calls tell from it, and which few other calls tell the rest.

A mutant is killed by a call that it answers otherwise: another status, response or change, or a refusal by another
name. Not counted are mutants that no call tells apart but by the wording of a message, or by failing: the first are no
mistakes, the second any call would show.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from synthtools_stream.programs.mutants import Mutant
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.values.jsontypes import JsonObject, same_json

__all__ = ["Adequacy", "Verdict", "chosen_calls", "measured", "outcome_of", "verdict_on", "verdicts_on"]

_BATCH = 8
"""Calls that are made of all mutants left alive before it is looked at which still are: most die of the first few."""


class Verdict(IntEnum):
    """How far a mutant's answer to a call is from the program's."""

    same = 0
    message = 1
    """The wording of a refusal."""
    failed = 2
    """It gave none."""
    other = 3


@dataclass(frozen=True, slots=True)
class Adequacy:
    """What some calls show of a program."""

    killed: Sequence[Mutant] = field(default_factory=tuple)
    alive: Sequence[Mutant] = field(default_factory=tuple)
    left_out: int = 0
    """Mutants that differ in wording only, or by failing only."""

    @classmethod
    def of(cls, verdicts: Mapping[Mutant, Verdict]) -> Adequacy:
        """Return what the worst verdict on each mutant comes to."""
        killed = [mutant for mutant, verdict in verdicts.items() if verdict is Verdict.other]
        alive = [mutant for mutant, verdict in verdicts.items() if verdict is Verdict.same]
        return cls(killed, alive, len(verdicts) - len(killed) - len(alive))

    @property
    def score(self) -> float | None:
        """The share that was killed; None of a program without mutants."""
        counted = len(self.killed) + len(self.alive)
        return len(self.killed) / counted if counted else None


async def measured(sandbox: Sandbox, mutants: Sequence[Mutant], calls: Sequence[ProgramCall]) -> dict[Mutant, Verdict]:
    """Return the worst that calls of the program itself show of each mutant.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    worst = dict.fromkeys(mutants, Verdict.same)
    for at in range(0, len(calls), _BATCH):
        left = [mutant for mutant, verdict in worst.items() if verdict is not Verdict.other]
        _, rows = await verdicts_on(sandbox, left, calls[at : at + _BATCH])
        for mutant, row in zip(left, rows, strict=True):
            worst[mutant] = max(worst[mutant], *row)
    return worst


async def verdicts_on(
    sandbox: Sandbox, mutants: Sequence[Mutant], calls: Sequence[ProgramCall]
) -> tuple[Sequence[SimulatorOutput | Fault], list[list[Verdict]]]:
    """Return what the program answers to calls of it, and, for each mutant, what each of them shows of it.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    asked = [
        ProgramCall(mutant.source, call.state, call.arguments, call.now, mutant_of=call.source)
        for mutant in mutants
        for call in calls
    ]
    told = await sandbox.answers([*calls, *asked])
    right, made = told[: len(calls)], iter(told[len(calls) :])
    seen: dict[tuple[int, int], Verdict] = {}  # most answers are one of a few: what is the same is one object
    rows = [[_verdict(answer, next(made), seen) for answer in right] for _ in mutants]
    return right, rows


def _verdict(
    right: SimulatorOutput | Fault, made: SimulatorOutput | Fault, seen: dict[tuple[int, int], Verdict]
) -> Verdict:
    if right is made:
        return Verdict.same
    pair = (id(right), id(made))
    if pair not in seen:
        seen[pair] = verdict_on(right, made)
    return seen[pair]


def chosen_calls(shown: Sequence[Collection[Hashable]], most: int) -> list[int]:
    """Return the places of the few calls that show the most things together; `shown` says what each shows.

    Each in turn shows the most of what is left; of equals, the first.
    """
    chosen: list[int] = []
    left = {thing for things in shown for thing in things}
    while left and len(chosen) < most:
        best = max(range(len(shown)), key=lambda place: (len(left.intersection(shown[place])), -place))
        chosen.append(best)
        left.difference_update(shown[best])
    return chosen


def outcome_of(answer: SimulatorOutput | Fault) -> str:
    """Return how a program came to an answer, as far as can be told from outside: which rule refused, or none."""
    if isinstance(answer, Fault):
        return answer.kind
    return (answer.error_message or "").partition(":")[0]


def verdict_on(right: SimulatorOutput | Fault, made: SimulatorOutput | Fault) -> Verdict:
    """Return how far the answer `made` is from the `right` one."""
    if right == made:
        return Verdict.same
    if isinstance(made, Fault) or isinstance(right, Fault):
        return Verdict.failed
    if not same_json(_decisive(right), _decisive(made)):
        return Verdict.other
    return Verdict.same if right.error_message == made.error_message else Verdict.message


def _decisive(answer: SimulatorOutput) -> JsonObject:
    """Return an answer with no more of a message than the name that it begins with."""
    return {**answer.model_dump(mode="json"), "error_message": outcome_of(answer)}
