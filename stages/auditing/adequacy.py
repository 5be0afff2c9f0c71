"""Adequacy: how many of a program's mutants some calls tell from it, and which few other calls tell the rest.

A mutant is killed by a call that it answers otherwise: another status, response or change, or a refusal by another
name. Not counted are mutants that no call tells apart but by the wording of a message, or by failing: the first are no
mistakes, the second any call would show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from synthtools_stream.programs.mutants import Mutant
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.values.jsontypes import JsonObject, same_json

__all__ = ["MOST_CHOSEN", "Adequacy", "Verdict", "chosen_calls", "kills_of", "measured"]

MOST_CHOSEN = 3
"""Calls that are added to the probes of a tool at most: in a trial, 22 for 16 tools killed what could be killed."""


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

    @property
    def score(self) -> float | None:
        """The share that was killed; None of a program without mutants."""
        counted = len(self.killed) + len(self.alive)
        return len(self.killed) / counted if counted else None


async def measured(sandbox: Sandbox, mutants: Sequence[Mutant], calls: Sequence[ProgramCall]) -> Adequacy:
    """Return what calls of the program itself show of it.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    worst = [Verdict.same for _ in mutants]
    for at in range(0, len(calls), _BATCH):
        left = [place for place, verdict in enumerate(worst) if verdict is not Verdict.other]
        rows = await kills_of(sandbox, [mutants[place].source for place in left], calls[at : at + _BATCH])
        for place, row in zip(left, rows, strict=True):
            worst[place] = max(worst[place], *row)
    return Adequacy(
        [mutant for mutant, verdict in zip(mutants, worst, strict=True) if verdict is Verdict.other],
        [mutant for mutant, verdict in zip(mutants, worst, strict=True) if verdict is Verdict.same],
        sum(verdict in (Verdict.message, Verdict.failed) for verdict in worst),
    )


async def kills_of(sandbox: Sandbox, made: Sequence[str], calls: Sequence[ProgramCall]) -> list[list[Verdict]]:
    """Return, for each program made of another, what each call of the other shows of it.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    right = await sandbox.answers(calls)
    asked = [ProgramCall(source, call.state, call.arguments, call.now) for source in made for call in calls]
    told = iter(await sandbox.answers(asked))
    return [[_verdict(answer, next(told)) for answer in right] for _ in made]


def chosen_calls(rows: Sequence[Sequence[Verdict]], most: int = MOST_CHOSEN) -> list[int]:
    """Return the places of the few calls that kill the most mutants together; `rows` as `kills_of` gives them.

    Each in turn kills the most of what is left; of equals, the first.
    """
    kills = [
        {mutant for mutant, row in enumerate(rows) if row[place] is Verdict.other}
        for place in range(len(rows[0]) if rows else 0)
    ]
    chosen: list[int] = []
    left = set(range(len(rows)))
    while kills and len(chosen) < most:
        best = max(range(len(kills)), key=lambda place: (len(kills[place] & left), -place))
        if not kills[best] & left:
            break
        chosen.append(best)
        left -= kills[best]
    return chosen


def _verdict(right: SimulatorOutput | Fault, made: SimulatorOutput | Fault) -> Verdict:
    if right == made:
        return Verdict.same
    if isinstance(made, Fault) or isinstance(right, Fault):
        return Verdict.failed
    if not same_json(_decisive(right), _decisive(made)):
        return Verdict.other
    return Verdict.same if right.error_message == made.error_message else Verdict.message


def _decisive(answer: SimulatorOutput) -> JsonObject:
    """Return an answer with no more of a message than the name that it begins with."""
    name = (answer.error_message or "").partition(":")[0]
    return {**answer.model_dump(mode="json"), "error_message": name}
