"""Adequacy: what some calls show of a program, and which few show the rest."""

from __future__ import annotations

import ast

from stages.auditing.adequacy import Adequacy, Verdict, chosen_calls, measured, verdicts_on
from stages.auditing.drawn_calls import drawn_calls
from synthtools_stream.programs.mutants import Family, Mutant, mutants
from synthtools_stream.programs.program import ProgramCall
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.toolcalls import Call
from tests.programs.coded_freight import CODED, PROGRAMS
from tests.programs.hostile_programs import body
from tests.proof.freight import TYPES, world

RIGHT = body(
    "if arguments['n'] > 5:",
    "    return fail(400, 'TooMany: five at most')",
    "return ok({'n': arguments['n']})",
)


def call(n: int) -> ProgramCall:
    """Return a call with that number."""
    return ProgramCall(RIGHT, {}, {"n": n}, "")


def mutant(right: str, wrong: str) -> Mutant:
    """Return the program with a mistake."""
    assert right in RIGHT
    return Mutant(RIGHT.replace(right, wrong), Family.boundary, 1, ast.Pass(), ast.Pass())


KNOWN = [
    mutant("> 5", ">= 5"),
    mutant("> 5", "> 6"),
    mutant("five at most", "no"),
    mutant("TooMany", "Many"),
    mutant("'n': arguments['n']", "'n': arguments['m']"),
    mutant("400", "404"),
]


async def test_what_counts_as_killed() -> None:
    """Another answer or another name kills; another wording or a failure alone is left out of the score."""
    async with open_sandbox(1) as sandbox:
        found = Adequacy.of(await measured(sandbox, KNOWN, [call(5), call(9)]))
    assert found.killed == [KNOWN[0], KNOWN[3], KNOWN[5]]
    assert found.alive == [KNOWN[1]]
    assert found.left_out == 2
    assert found.score == 0.75


async def test_few_calls_are_chosen_that_kill_the_most() -> None:
    """Greedily, the first of equals, and no call that shows nothing new."""
    calls = [call(1), call(5), call(9), call(6), call(7)]
    async with open_sandbox(1) as sandbox:
        _, rows = await verdicts_on(sandbox, KNOWN, calls)
    assert [row[2] for row in rows] == [
        *(Verdict.same, Verdict.same, Verdict.message, Verdict.other, Verdict.same, Verdict.other)
    ]
    shown = [{at for at, row in enumerate(rows) if row[place] is Verdict.other} for place in range(len(calls))]
    assert chosen_calls(shown, 9) == [3, 1]
    assert chosen_calls(shown, 1) == [3]
    assert chosen_calls([], 1) == []
    assert chosen_calls([set(), set()], 1) == []


async def test_nothing_to_measure() -> None:
    """No mutant has no score; no call kills nothing."""
    async with open_sandbox(1) as sandbox:
        assert Adequacy.of(await measured(sandbox, [], [call(1)])).score is None
        assert Adequacy.of(await measured(sandbox, KNOWN, [])).score == 0.0


async def test_drawn_calls_kill_what_can_be_killed() -> None:
    """Of all mutants of the freight tools, drawn calls kill nearly all; the rest answers as the program does."""
    killed = alive = 0
    async with open_sandbox() as sandbox:
        for name, tool in CODED.items():
            cases = drawn_calls(tool, TYPES, world(), name, 150)
            calls = [
                program_call(PROGRAMS[name], Call(name, case.arguments), tool, case.state, TYPES) for case in cases
            ]
            found = Adequacy.of(await measured(sandbox, mutants(PROGRAMS[name]), calls))
            killed, alive = killed + len(found.killed), alive + len(found.alive)
            assert {one.line for one in found.alive} <= ({12, 13} if name == "ConfirmBooking" else set()), found.alive
    assert killed / (killed + alive) >= 0.95
