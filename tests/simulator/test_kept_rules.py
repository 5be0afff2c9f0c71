"""A rule that is seen to be kept is no reason to refuse; what cannot be seen is left to the model."""

from __future__ import annotations

import pytest

from synthtools_stream.values.jsontypes import JsonObject
from tests.simulator.refusalkit import problems, tool


def test_a_state_that_is_wanted_and_there() -> None:
    """BK-2057 is requested, as the rule wants it; BK-2041 is not."""
    assert not problems("NotRequested: it is confirmed.")
    assert problems("NotRequested: it is not requested.", given={"booking_id": "BK-2057"}) == [
        (
            "NotRequested is answered when the booking's status is not requested, but BK-2057 has status requested:"
            " that rule is kept; answer 200, or name the rule that is broken"
        )
    ]


@pytest.mark.parametrize(
    ("condition", "kept", "broken"),
    [
        ("the booking's status is not requested", {"booking_id": "BK-2057"}, {"booking_id": "BK-2041"}),
        ("the booking is not requested or cancelled", {"booking_id": "BK-2057"}, {"booking_id": "BK-2041"}),
        ("the booking is already confirmed", {"booking_id": "BK-2057"}, {"booking_id": "BK-2041"}),
        ("containers exceeds the booking's containers", {"containers": 12}, {"containers": 13}),
        ("none of containers and sails_on is given", {"containers": 1}, {}),
        ("sails_on lies in the past", {"sails_on": "2026-03-10"}, {"sails_on": "2026-03-09"}),
    ],
)
def test_plain_conditions_are_seen(condition: str, kept: JsonObject, broken: JsonObject) -> None:
    """Each form that is read: refused where the state or the arguments show it kept, passed where broken."""
    erring = tool(f"Barred: {condition}; choose another")
    assert "but" in problems("Barred: no.", of=erring, given=kept)[0]
    assert not problems("Barred: no.", of=erring, given=broken)


@pytest.mark.parametrize(
    ("condition", "usage"),
    [
        ("the booking's status is not requested", "Only a requested booking with a free vessel can be confirmed."),
        ("the booking's status is not requested or its vessel is full", ""),
        ("the vessel's status is not requested", ""),
        ("the booking's shipper is not requested", ""),
        ("the booking is not ready", ""),
        ("the booking may not be confirmed", ""),
        ("containers exceeds the booking's free room", ""),
        ("none of containers and weight is given", ""),
        ("remark lies in the past", ""),
    ],
)
def test_what_is_not_certain_passes(condition: str, usage: str) -> None:
    """A rule joined with another, another entity's, an unknown attribute or word: nothing is said."""
    erring = tool(f"Barred: {condition}; choose another", usage=usage)
    assert not problems("Barred: no.", of=erring, given={"booking_id": "BK-2057", "containers": 1, "remark": "soon"})
