"""Weak probes are called weak, and a few drawn calls show what they leave open."""

from __future__ import annotations

import pytest

from stages.auditing.adequacy import measured
from stages.auditing.probe_strength import probe_strength
from synthtools_stream.programs.sandbox import open_sandbox
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


@pytest.mark.parametrize("name", PROBES)
async def test_drawn_calls_show_what_one_probe_leaves_open(name: str) -> None:
    """At most three calls, each of which kills something, and most of what was left."""
    tool, source = CODED[name], PROGRAMS[name]
    probe = Call(name, PROBES[name])
    async with open_sandbox(1) as sandbox:
        found = await probe_strength(source, tool, TYPES, world(), [probe], sandbox, "seed")
        again = await probe_strength(source, tool, TYPES, world(), [probe], sandbox, "seed")
        assert found == again
        assert found.by_probes.score is not None
        assert found.by_probes.score < 1
        assert 1 <= len(found.chosen) <= 3
        calls = [program_call(source, Call(name, case.arguments), tool, case.state, TYPES) for case in found.chosen]
        rest = await measured(sandbox, found.by_probes.alive, calls)
    assert len(rest.killed) >= 0.6 * (len(rest.killed) + len(rest.alive))


async def test_strong_probes_need_no_more() -> None:
    """Where the probes kill all, nothing is chosen."""
    name = "MoveBooking"
    tool, source = CODED[name], PROGRAMS[name]
    probes = [
        Call(name, {"booking_id": booking, "vessel_id": vessel})
        for booking in ("BK-2041", "BK-2057", "BK-1")
        for vessel in ("VS-77", "VS-81", "VS-1")
    ]
    async with open_sandbox(1) as sandbox:
        found = await probe_strength(source, tool, TYPES, world(), probes, sandbox, "seed")
    assert found.by_probes.score == 1
    assert found.chosen == []
