"""What code judges by itself, and what it leaves to the judge."""

from __future__ import annotations

import pytest

from stages.auditing.code_judgment import code_judgment
from synthtools_stream.records import Change, Effects, Tool
from synthtools_stream.roles.audit_roles import Judgment, ProbeSpec
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.tool_runtime import Served
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import MOVE, world

LOOK = Tool(tool_name="GetBooking", tool_description="Show a booking.", effects=Effects(reads=["bookings"]))
WHOLE: JsonObject = {"booking_id": "BK-2041", "shipper": "Alba", "containers": 12}


def judged(
    answer: Answer, mode: str = "happy_path", expected: int = 200, booking: str = "BK-2041", tool: Tool = LOOK
) -> Judgment | None:
    """Return what code makes of an answer to a look at a booking."""
    probe = ProbeSpec.model_validate(
        {
            "mode": mode,
            "purpose": "look",
            "arguments": {"booking_id": booking},
            "expected_status": expected,
            "fact": {"collection": "bookings", "id": "BK-2041", "attribute": "shipper"},
        }
    )
    return code_judgment(probe, Served("GetBooking()", answer), tool, world())


def test_404_is_for_the_judge_where_somebody_named_is_absent() -> None:
    """An absent id may well be why; where the probe expects it, it is right."""
    answer = Answer(404, {}, "no such booking")
    assert judged(answer, booking="BK-9999") is None
    assert judged(answer, "state_pinned", 404, "BK-9999") is Judgment.correct


@pytest.mark.parametrize(("status", "expected"), [(400, 400), (400, 409), (409, 400)])
def test_a_demanded_refusal_is_right_by_either_status(status: int, expected: int) -> None:
    """400 and 409 are one where a rule is broken; nowhere else."""
    answer = Answer(status, {}, "the rule says no")
    assert judged(answer, "rule_violation", expected) is Judgment.correct
    assert judged(answer, "state_pinned", expected) is None


def test_a_read_is_right_where_all_of_it_is_accounted_for() -> None:
    """Attributes of the one entity named, its id under any name, also one object deeper."""
    assert judged(Answer(200, WHOLE)) is Judgment.correct
    assert judged(Answer(200, {"booking": WHOLE})) is Judgment.correct
    for odd in ({**WHOLE, "shipper": "Nord"}, {**WHOLE, "grade": "good"}, {**WHOLE, "extra": {}}, {}):
        assert judged(Answer(200, odd)) is None


def test_a_pinned_read_need_only_show_its_fact() -> None:
    """What is said besides is no matter of a pinned probe, but the fact must stand there."""
    assert judged(Answer(200, {"shipper": "Alba", "grade": "good"}), "state_pinned") is Judgment.correct
    assert judged(Answer(200, {"shipper": "Nord", "grade": "good"}), "state_pinned") is None


def test_writes_are_for_the_judge() -> None:
    """Whoever changes something, or might, is never right by looks alone."""
    change = Change(op="update", collection="bookings", id="BK-2041", attributes={"containers": 12})
    assert judged(Answer(200, WHOLE, None, (change,))) is None
    assert judged(Answer(200, WHOLE), tool=MOVE) is None
    assert judged(Answer(200, WHOLE), tool=LOOK.model_copy(update={"effects": None})) is None
