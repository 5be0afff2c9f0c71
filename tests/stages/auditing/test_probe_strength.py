"""Weak probes are called weak, and a few calls show what code has not settled."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stages.auditing.adequacy import Adequacy, measured
from stages.auditing.drawn_calls import absent_id, drawn_calls, shown_collections
from stages.auditing.probe_strength import ProbeStrength, probe_strength
from synthtools_stream.programs.sandbox import Sandbox, open_sandbox
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.jsontypes import JsonObject
from tests.programs.coded_freight import CODED, PROGRAMS
from tests.proof.freight import TYPES, world

PROBES: dict[str, JsonObject] = {
    "SearchVessels": {"arrive_by": "2026-03-16", "min_capacity": 12},
    "MoveBooking": {"booking_id": "BK-2041", "vessel_id": "VS-81"},
    "NotifyShipper": {"booking_id": "BK-2041", "channel": "email", "text": "It sails."},
    "ListBookings": {"shipper": "alb", "max_results": 3},
    "ConfirmBooking": {"booking_id": "BK-2057"},
}


async def strength(
    name: str, sandbox: Sandbox, settled: Sequence[JsonObject], unsettled: Sequence[JsonObject] = (), most: int = 5
) -> ProbeStrength:
    """Return what is found of a freight tool and its probes."""
    known, open_ones = ([Call(name, given) for given in some] for some in (settled, unsettled))
    source, tool = PROGRAMS[name], CODED[name]
    drawn = list(drawn_calls(tool, TYPES, world(), "seed", 120))
    return await probe_strength(source, tool, TYPES, world(), drawn, known, open_ones, sandbox, most)


@pytest.mark.parametrize("name", PROBES)
async def test_chosen_calls_show_what_one_probe_leaves_open(name: str) -> None:
    """A few calls, the same ones each time, that kill most of what is left and an absent id does not show."""
    tool, source = CODED[name], PROGRAMS[name]
    async with open_sandbox(1) as sandbox:
        found = await strength(name, sandbox, [PROBES[name]])
        assert found == await strength(name, sandbox, [PROBES[name]])
        assert found.by_probes.score is not None
        assert found.by_probes.score < 1
        assert 1 <= len(found.chosen) <= 5
        calls = [program_call(source, Call(name, case.arguments), tool, case.state, TYPES) for case in found.chosen]
        homes = shown_collections(tool, TYPES)
        assert not [case for case in found.chosen if absent_id(case, homes)]
        absent = [case for case in drawn_calls(tool, TYPES, world(), "ids", 200) if absent_id(case, homes)]
        asked = [program_call(source, Call(name, case.arguments), tool, case.state, TYPES) for case in absent]
        left = Adequacy.of(await measured(sandbox, found.by_probes.alive, asked)).alive
        rest = Adequacy.of(await measured(sandbox, left, calls))
    assert len(rest.killed) >= 0.6 * (len(rest.killed) + len(rest.alive))


async def test_open_probe_is_read_first() -> None:
    """A probe that code cannot settle counts for the probes' strength, and is the first that is read again."""
    name = "MoveBooking"
    async with open_sandbox(1) as sandbox:
        known = await strength(name, sandbox, [PROBES[name]])
        found = await strength(name, sandbox, [], [PROBES[name]])
        assert found.by_probes.score == known.by_probes.score
        assert (found.chosen[0].state, found.chosen[0].arguments) == (world(), PROBES[name])
        only = await strength(name, sandbox, [], [PROBES[name]], most=1)
        assert only.chosen == found.chosen[:1]


async def test_every_rule_is_read_on_a_drawn_call() -> None:
    """Probes that kill all mutants settle no rule: that one refuses too much shows on a call that nobody made up."""
    name = "MoveBooking"
    probes: list[JsonObject] = [
        {"booking_id": booking, "vessel_id": vessel}
        for booking in ("BK-2041", "BK-2057", "BK-1")
        for vessel in ("VS-77", "VS-81", "VS-1")
    ]
    async with open_sandbox(1) as sandbox:
        found = await strength(name, sandbox, probes)
        assert found.by_probes.score == 1
        calls = [
            program_call(PROGRAMS[name], Call(name, case.arguments), CODED[name], case.state, TYPES)
            for case in found.chosen
        ]
        answers = [str(answer) for answer in await sandbox.answers(calls)]
    for rule in (error.partition(":")[0] for error in CODED[name].error_messages):
        assert rule.startswith("Unknown") or any(rule in answer for answer in answers), rule


@pytest.mark.parametrize("extra", ["booking.get('status')", "[]"])
async def test_forgotten_filter_is_read_where_it_shows(extra: str) -> None:
    """Of an argument that a program forgot, no mutant speaks: a call that lists who does not keep to it is read."""
    name = "ListBookings"
    lines = PROGRAMS[name].splitlines(keepends=True)
    source = "".join(line for at, line in enumerate(lines, start=1) if at not in (7, 8))
    source = source.replace("booking.get('status')", extra).replace('booking.get("status")', extra)
    assert '"status" in arguments' not in source
    drawn = list(drawn_calls(CODED[name], TYPES, world(), "seed", 120))
    async with open_sandbox(1) as sandbox:
        found = await probe_strength(source, CODED[name], TYPES, world(), drawn, [], [], sandbox, 5)
        calls = [
            program_call(source, Call(name, case.arguments), CODED[name], case.state, TYPES) for case in found.chosen
        ]
        answers = await sandbox.answers(calls)
    listed = [
        (case.arguments["status"], case.state["bookings"][identifier]["status"])
        for case, answer in zip(found.chosen, answers, strict=True)
        for identifier in case.state["bookings"]
        if "status" in case.arguments and identifier in str(answer)
    ]
    assert any(asked != status for asked, status in listed)
