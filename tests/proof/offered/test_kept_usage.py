"""Usage: a rule that a ground-truth call plainly breaks unproves the task; what is not plain is passed over."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.certificate import examine
from tests.proof.freight import proven


def _problems(usage: str, *, tool: str = "MoveBooking", errors: tuple[str, ...] = ()) -> list[str]:
    task = proven()
    told = {"usage": usage, "error_messages": list(errors)}
    tools = [one.model_copy(update=told) if one.tool_name == tool else one for one in task.tools]
    return examine(task.model_copy(update={"tools": tools})).problems


@pytest.mark.parametrize(
    "usage",
    [
        "Only a booking whose status is requested can be moved.",
        "Moves a booking. Only requested bookings can be moved.",
        "It works only on a booking that is requested or cancelled.",
        "Allowed only while the booking is requested.",
        "The booking's status must be requested.",
        "The booking must still be requested before it is moved.",
        "The booking must not be confirmed or cancelled.",
        "A booking whose status is confirmed cannot be moved.",
        "It must not be used while the booking is confirmed.",
        "Only a booking whose status is not confirmed can be moved.",
        "This tool must never be called.",
        "Do not use this tool.",
        "Calls are not allowed at present.",
        "Never move BK-2041.",
        "Not to be used for VS-81.",
        "Only bookings whose status is requested may be moved.",
        "For requested bookings only.",
        "Requires a booking that is requested.",
        "Refuses confirmed bookings.",
        "Never move a confirmed booking.",
        "Confirmed bookings cannot be moved.",
        "A confirmed or cancelled booking may never be moved.",
        "Not allowed for confirmed bookings.",
        "Bookings that are confirmed are refused.",
        "Fails if the booking's status is not requested.",
        "Fails unless the booking is requested.",
        "Bookings cannot be moved unless they are requested.",
        "Status must be requested.",
        "Bookings may never be moved.",
        "Moving is not allowed.",
        "Never call MoveBooking.",
        "No call is allowed.",
        "This tool is out of order.",
        "Never use it with vessel_id VS-81.",
    ],
)
def test_broken_rules(usage: str) -> None:
    """The call moves BK-2041, which is confirmed, to VS-81."""
    (problem,) = _problems(usage)
    assert problem.startswith("step 1: its tool's rule ")


@pytest.mark.parametrize(
    "usage",
    [
        "Only a booking whose status is requested or confirmed can be moved.",
        "Only a booking that is requested or that has no vessel can be moved.",
        "The booking must not be cancelled.",
        "A booking whose status is cancelled cannot be moved.",
        "It must not be used for BK-2041 unless its shipper agrees.",
        "Never move BK-2057.",
        "Read-only.",
        "Only the values given are changed; what is not given stays.",
        "Calls that are confirmed by nobody are not allowed.",
        "Only a captain whose status is requested can be moved.",
        "Only one booking can be moved a call.",
        "Cancelled bookings cannot be moved.",
        "A cancelled booking cannot be confirmed.",
        "Never confirm a booking here.",
        "No booking is ever moved twice a day.",
        "The booking must be requested afterwards.",
    ],
)
def test_kept_rules_and_unclear_ones(usage: str) -> None:
    """What holds, holds of another entity, or may hold for another reason is no reason to refuse."""
    assert _problems(usage) == []


def test_forbidden_values() -> None:
    """A sentence that names a parameter with the value which the call gives; one that compares is no such sentence."""
    assert _problems("Never search with a min_capacity of 12.", tool="SearchVessels") == [
        "step 0: its tool's rule 'Never search with a min_capacity of 12' is broken: the call gives 12"
    ]
    assert _problems("min_capacity must not be more than 12.", tool="SearchVessels") == []
    assert _problems("Never search with a min_capacity of 1.", tool="SearchVessels") == []


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        ("min_capacity must be at most 11.", "the call gives 12"),
        ("min_capacity must not exceed 11.5.", "the call gives 12"),
        ("min_capacity must be at least 13.", "the call gives 12"),
        ("min_capacity must be at most 12.", None),
        ("arrive_by must have at most 9 characters.", "the call gives 10"),
        ("arrive_by must be at most 10 characters long.", None),
        ("min_capacity must be at most 11 if arrive_by is given.", None),
    ],
)
def test_bounds(usage: str, told: str | None) -> None:
    """A number or a text's length that a sentence of the usage bounds, and no condition goes with it."""
    problems = _problems(usage, tool="SearchVessels")
    assert problems == ([] if told is None else [f"step 0: its tool's rule {usage[:-1]!r} is broken: {told}"])


def test_declared_errors_count_as_rules() -> None:
    """An error that plainly applies should have been the answer."""
    errors = ("NotRequested: the booking's status is not requested; choose another", "Gone: the booking is cancelled")
    assert _problems("Moves a booking.", errors=errors) == [
        f"step 1: its tool's rule {errors[0]!r} is broken: BK-2041 has status confirmed"
    ]
