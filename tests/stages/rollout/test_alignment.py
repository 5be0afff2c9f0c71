"""Alignment: calls beside the ground truth, in any order, and writes of which nothing is left."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.rollout.alignment import align
from synthtools_stream.records import Change, ToolTurn
from synthtools_stream.state import apply, as_json
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import proven, world

PROVEN = proven()


def turn(call: str, *changes: Change, status: int = 200) -> ToolTurn:
    """Return a call with what it changed."""
    return ToolTurn(call=call, status_code=status, response={}, changes=list(changes), decided_by="program")


def moved(vessel: str, booking: str = "BK-2057") -> ToolTurn:
    """Return a call that moves a booking."""
    change = Change(op="update", collection="bookings", id=booking, attributes={"vessel_id": vessel})
    return turn(f"MoveBooking(booking_id='{booking}', vessel_id='{vessel}')", change)


def ended(turns: Sequence[ToolTurn]) -> JsonObject | None:
    """Return the world after some calls."""
    return as_json(apply(world(), [change for made in turns for change in made.changes], mint=None).state)


@given(st.permutations(PROVEN.gt_tool_calls))
def test_alignment_is_free_of_order(calls: list[str]) -> None:
    """Calls match by canonical form in any order; each ground-truth call counts once, and refused ones do not."""
    assert align(PROVEN, [turn(call) for call in calls], None).match_rate == 1.0
    extra = "SearchVessels(min_capacity=12.0, arrive_by='2026-03-16')"
    made = [turn(call) for call in (extra, extra, "nonsense", PROVEN.gt_tool_calls[1])]
    aligned = align(PROVEN, [*made, turn(PROVEN.gt_tool_calls[2], status=400)], None)
    assert aligned.match_rate == pytest.approx(2 / 3, abs=1e-4)
    assert aligned.missing == [PROVEN.gt_tool_calls[2]]
    assert aligned.extra == [extra, "nonsense"]
    assert aligned.detours == []


def test_an_undone_write_is_a_detour() -> None:
    """A write that nobody asked for is told where nothing of it is left; one that stands is an extra, no detour."""
    there, back = moved("VS-81"), moved("VS-77")
    undone = align(PROVEN, [there, back], ended([there, back]))
    assert (undone.extra, undone.detours) == ([there.call, back.call], [there.call])
    assert align(PROVEN, [there], ended([there])).detours == []
    assert align(PROVEN, [there, back], {"free": "text"}).detours == []
    wrong, right = moved("VS-77", "BK-2041"), moved("VS-81", "BK-2041")
    assert align(PROVEN, [wrong, right], ended([wrong, right])).detours == [wrong.call]


def test_what_was_made_and_unmade_is_a_detour() -> None:
    """An entity that was created and deleted again left nothing; one that was deleted and never made again did."""
    notice: JsonObject = {"booking_id": "BK-2057", "channel": "sms", "text": "x"}
    sent = turn("Send()", Change(op="create", collection="notices", id="N-1", attributes=notice))
    taken = turn("Drop()", Change(op="delete", collection="notices", id="N-1", attributes={}))
    lost = turn("Lose()", Change(op="delete", collection="bookings", id="BK-2057", attributes={}))
    made = [sent, taken, lost]
    assert align(PROVEN, made, ended(made)).detours == ["Send()"]
