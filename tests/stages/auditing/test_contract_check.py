"""Sound programs keep the contract on drawn calls; planted mistakes break it, and the smallest call says how."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from stages.auditing.contract_check import CONTRACT_CALLS, Breach, contract_breach
from stages.auditing.drawn_calls import drawn_calls
from synthtools_stream.programs.sandbox import Sandbox, open_sandbox
from synthtools_stream.values.jsontypes import JsonObject
from tests.programs.coded_freight import CODED, PROGRAMS
from tests.proof.freight import TYPES, world


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """Yield a sandbox of one worker."""
    async with open_sandbox(1, trip_s=0.5) as opened:
        yield opened


async def breach(sandbox: Sandbox, tool_name: str, source: str, seed: str = "s") -> Breach | None:
    """Return how a program of a freight tool breaks the contract."""
    tool = CODED[tool_name]
    drawn = list(drawn_calls(tool, TYPES, world(), seed, CONTRACT_CALLS))
    return await contract_breach(source, tool, TYPES, drawn, sandbox)


@pytest.mark.parametrize("tool_name", CODED)
async def test_sound_program_keeps_the_contract(tool_name: str, sandbox: Sandbox) -> None:
    """No drawn call accuses a program that does what its tool says, whatever the seed."""
    for seed in ("a", "b", "c"):
        assert await breach(sandbox, tool_name, PROGRAMS[tool_name], seed) is None


PLANTED: dict[str, tuple[str, str, str, str, int]] = {
    "raises on null": (
        "SearchVessels",
        'compare(vessel.get("capacity_left"), arguments["min_capacity"])',
        'vessel["capacity_left"] - arguments["min_capacity"]',
        r"raised: TypeError: unsupported operand",
        1,
    ),
    "arithmetic on null": ("ConfirmBooking", "if room is None or room < 0:", "if room == -1:", r"raised: TypeError", 2),
    "loops": ("SearchVessels", "    return ok(", "    while found:\n        pass\n    return ok(", r"time: ", 99),
    "NaN": ("SearchVessels", '"count": len(found)', '"count": float("nan")', r"garbage: .*NaN", 0),
    "wrong type": (
        "SearchVessels",
        '"count": len(found)',
        '"count": str(len(found))',
        r"'count' must be of type integer",
        0,
    ),
    "key left out": ("SearchVessels", ', "count": len(found)', "", r"response lacks 'count'", 0),
    "key invented": ("SearchVessels", '"count": len(found)', '"count": 0, "total": 0', r"response holds 'total'", 0),
    "absent id unnoticed": (
        "NotifyShipper",
        'if booking_id not in state["bookings"]:',
        "if False:",
        r"bookings/\S*9999 does not exist: that is a 404",
        0,
    ),
    "absent id a broken rule": ("ConfirmBooking", "fail(404,", "fail(400,", r"does not exist: that is a 404", 0),
    "a rule an absent id": ("ConfirmBooking", 'fail(400, f"NotR', 'fail(404, f"NotR', r"nothing else is a 404", 1),
    "message without its name": (
        "ConfirmBooking",
        "NotRequested: {booking_id}",
        "{booking_id}",
        r"error_message must begin with one of UnknownBooking, NotRequested",
        1,
    ),
    "no message": (
        "ConfirmBooking",
        "f\"NotRequested: {booking_id} is {booking.get('status')}\"",
        '""',
        "must begin with",
        1,
    ),
    "another status": ("ConfirmBooking", 'fail(400, f"NotR', 'fail(409, f"NotR', r"status 409: a broken rule", 1),
    "writes what it may not": (
        "MoveBooking",
        'update("bookings", booking_id, {"vessel_id": vessel_id})',
        'update("vessels", vessel_id, {"name": "x"})',
        r"MoveBooking may write only bookings",
        2,
    ),
    "a read that writes": (
        "ListBookings",
        '"count": len(rows)}',
        '"count": len(rows)}, [update("bookings", row[0], {"containers": 1}) for row in rows[:1]]',
        r"only reads: it may change nothing",
        1,
    ),
    "a value outside the enum": (
        "ConfirmBooking",
        '{"status": "confirmed"}',
        '{"status": "done"}',
        "must be one of",
        2,
    ),
    "an attribute that is not there": (
        "ConfirmBooking",
        '{"status": "confirmed"}',
        '{"state": "x"}',
        "no attribute",
        2,
    ),
    "a dropped change": (
        "ConfirmBooking",
        '        update("bookings", booking_id, {"status": "confirmed"}),\n',
        "",
        r"response\.status is 'confirmed', but after the changes the state holds 'requested'",
        2,
    ),
    "another value than the call gave": (
        "NotifyShipper",
        '"channel": arguments["channel"]',
        '"channel": "sms"',
        r"channel is 'sms', but the call gave 'email'",
        1,
    ),
    "the wrong way round": (
        "ListBookings",
        '"containers", True',
        '"containers", False',
        r"not sorted by containers",
        2,
    ),
    "a forgotten limit": ("ListBookings", '[: arguments["max_results"]]', "", r"but at most \d are wanted", 4),
    "a wrong count": (
        "ListBookings",
        '"count": len(rows)',
        '"count": len(rows) + 1',
        r"count is \d, but \d are shown",
        0,
    ),
    "an id of its own": (
        "NotifyShipper",
        '"notice_id": "$new1"',
        '"notice_id": "N-1001"',
        r"N-1001, which does not",
        1,
    ),
    "one attribute for another": (
        "ListBookings",
        '"shipper": booking.get("shipper")',
        '"shipper": booking.get("status")',
        r"\.shipper is .*, but after the changes the state holds",
        1,
    ),
}


@pytest.mark.parametrize("name", PLANTED)
async def test_planted_mistake_is_shown_by_its_smallest_call(name: str, sandbox: Sandbox) -> None:
    """What is told names the mistake, and holds no more entities than it takes."""
    tool_name, right, wrong, problem, most = PLANTED[name]
    assert right in PROGRAMS[tool_name]
    found = await breach(sandbox, tool_name, PROGRAMS[tool_name].replace(right, wrong, 1))
    assert found is not None
    assert re.search(problem, found.problem), found.problem
    assert entities(found.state) <= most, found.state
    assert found.call.startswith(f"{tool_name}(")
    assert f"call: {found.call}" in str(found)
    assert f"wrong: {found.problem}" in str(found)


def entities(state: JsonObject) -> int:
    """Return how many entities a state holds."""
    return sum(len(held) for held in state.values() if isinstance(held, dict))


async def test_what_raises_is_told_with_its_line(sandbox: Sandbox) -> None:
    """A traceback shows the line of the program that raised."""
    source = PROGRAMS["MoveBooking"].replace("    changes =", "    1 / 0\n    changes =")
    found = await breach(sandbox, "MoveBooking", source)
    assert found is not None
    assert found.problem.startswith("raised: ZeroDivisionError: division by zero\n")
    assert "line 7, in call\n    1 / 0" in found.problem


async def test_what_is_told_is_the_same_each_time(sandbox: Sandbox) -> None:
    """The same seed finds the same call and shrinks it in the same way."""
    source = PROGRAMS["ConfirmBooking"].replace("fail(404,", "fail(400,")
    assert await breach(sandbox, "ConfirmBooking", source) == await breach(sandbox, "ConfirmBooking", source)
