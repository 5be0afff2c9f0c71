"""Refusals: an error of the tool's own, a 404 for what is absent, and no other status."""

from __future__ import annotations

import pytest

from tests.simulator.refusalkit import problems, tool

COPIED = "NotAvailable: gallery room GR-1047 is in repair; only an available gallery room can be lent."
"""What a real model answered: the error of the prompt's example."""


@pytest.mark.parametrize(("status", "booking_id"), [(400, "BK-2041"), (404, "BK-9999")])
def test_an_error_of_another_tool_is_refused(status: int, booking_id: str) -> None:
    """The name must be one that the tool declares, whatever the status."""
    assert problems(COPIED, status, given={"booking_id": booking_id}) == [
        (
            "error_message begins with NotAvailable, which is no error of ConfirmBooking;"
            " its errors are NoBooking, NotRequested"
        )
    ]
    assert problems(COPIED, of=tool()) == [
        "error_message begins with NotAvailable, which is no error of ConfirmBooking; it declares none"
    ]


@pytest.mark.parametrize(
    ("message", "status", "booking_id"),
    [
        ("NotRequested: BK-2041 is confirmed; choose another.", 400, "BK-2041"),
        ("NoBooking: there is no BK-9999; check it.", 404, "BK-9999"),
        ("No booking has the id BK-9999.", 404, "BK-9999"),
        ("Remark of the clerk, 20 characters at most.", 400, "BK-2041"),
        ("NotRequested: the booking is confirmed.", 409, "BK-2041"),
    ],
)
def test_right_refusals_pass(message: str, status: int, booking_id: str) -> None:
    """A declared error, the general 404, and a limit in the tool's own words."""
    assert not problems(message, status, given={"booking_id": booking_id})


def test_a_refusal_begins_with_the_name() -> None:
    """Where the tool has names; where it has none, any words do."""
    assert problems("It cannot be confirmed.") == [
        "error_message must begin with the name of the error: one of NoBooking, NotRequested"
    ]
    assert not problems("It cannot be confirmed.", of=tool("only requested bookings can be confirmed"))


def test_404_is_for_what_is_absent() -> None:
    """Not for a rule that is broken, while all ids exist."""
    told = "status_code is 404, but every id that the call gives exists; a rule that is broken is a 400"
    assert problems("NoBooking: there is no BK-2041.", 404) == [told]
    assert problems("NoBooking: there is no BK-2041.", 404, given={"remark": "urgent", "sails_on": "2026-03-12"}) == [
        told
    ]


@pytest.mark.parametrize("booking_id", ["VS-77", "2041", "the first one"])
def test_what_may_be_absent_passes(booking_id: str) -> None:
    """An id of another kind, of another form, or no id at all, where an id belongs."""
    assert not problems("NoBooking: there is no such booking.", 404, given={"booking_id": booking_id})


@pytest.mark.parametrize("status", [401, 403, 500])
def test_other_statuses_need_the_tools_word(status: int) -> None:
    """A tool on a typed state neither breaks down nor asks who is there, unless its text says so."""
    assert len(problems("NotRequested: no.", status)) == 1
    spoken = tool("NotAllowed: the clerk is not permitted to; answered 403 or 401", usage="Needs permission.")
    assert len(problems("NotAllowed: no.", status, of=spoken)) == (status == 500)
