"""The judges see what is wrong from text and state."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import cast

import pytest

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play.judges import judge_answer, judge_task, judge_trajectory
from synthtools_stream.values.jsontypes import Json, JsonObject

DATA = Path(__file__).parents[2] / "data" / "embedded" / "freight.json"
WORLD = json.loads(DATA.read_text(encoding="utf-8"))
TOOLS: dict[str, JsonObject] = {tool["tool_name"]: tool for tool in WORLD["tools"]}
CANCELLED: list[Json] = [
    {"op": "update", "collection": "bookings", "id": "BK-1001", "attributes": {"status": "cancelled"}},
    {"op": "update", "collection": "carriers", "id": "CR-1001", "attributes": {"capacity": 13}},
]
DONE: JsonObject = {"booking_id": "BK-1001", "status": "cancelled"}


def job(**tags: Json) -> Job:
    return Job(dict(tags), random.Random(1), "judge", [], ())


def judged(booking: str, status: int, response: JsonObject, changes: list[Json]) -> Json:
    call: JsonObject = {"tool_name": "CancelBooking", "arguments": {"booking_id": booking}}
    given: JsonObject = {"status_code": status, "response": response, "changes": changes}
    return judge_answer(job(state=WORLD["state"], tool=TOOLS["CancelBooking"], call=call, **given))["judgment"]


@pytest.mark.parametrize(
    ("booking", "status", "response", "changes", "judgment"),
    [
        ("BK-1001", 200, DONE, CANCELLED, "correct"),
        ("BK-1003", 400, {}, [], "correct"),
        ("BK-9999", 404, {}, [], "correct"),
        ("BK-1003", 200, {"booking_id": "BK-1003", "status": "cancelled"}, [], "should_fail_but_passed"),
        ("BK-1001", 400, {}, [], "should_pass_but_failed"),
        ("BK-1001", 200, {**DONE, "status": "loaded"}, CANCELLED, "inappropriate"),
        ("BK-1001", 200, DONE, CANCELLED[:1], "inappropriate"),
        ("BK-1001", 200, DONE, [], "inappropriate"),
        ("BK-9999", 400, {}, [], "inappropriate"),
    ],
)
def test_audit_judgments(booking: str, status: int, response: JsonObject, changes: list[Json], judgment: str) -> None:
    """Each way of answering wrongly gets its own judgment."""
    assert judged(booking, status, response, changes) == judgment


def compared(text: str, **others: Json) -> Json:
    expected: JsonObject = {"booking_id": "BK-1001", "channel": "sms", "text": "Pickup moved to 2026-03-20."}
    answer = judge_task(
        job(
            tool=TOOLS["SendNotice"],
            dialogue=[],
            user_turn="Tell the shipper of booking BK-1001 by sms that pickup moved to 20 March 2026.",
            expected={"tool_name": "SendNotice", "arguments": expected},
            attempted={"tool_name": "SendNotice", "arguments": {**expected, "text": text, **others}},
            arguments=["/text", "/channel"],
        )
    )
    assert answer["arguments"] == [{"argument": "/text", "grounded": True}, {"argument": "/channel", "grounded": True}]
    return answer["equivalent"]


def test_wording_may_differ() -> None:
    """Free text is equivalent when it says the same; another value or another enum is not."""
    assert compared("The pickup was moved to 2026-03-20.") is True
    assert compared("The pickup was moved to 2026-03-21.") is False
    assert compared("Pickup moved to 2026-03-20.", channel="email") is False


def test_ungrounded_values_are_named() -> None:
    """A value that nobody said or returned is not grounded."""
    call: JsonObject = {"tool_name": "SendNotice", "arguments": {"text": "Call 5551234."}}
    tags: JsonObject = {"tool": TOOLS["SendNotice"], "dialogue": [], "user_turn": "Send a notice.", "expected": call}
    answer = judge_task(job(**tags, arguments=["/text"]))
    assert cast(list[Json], answer["arguments"]) == [{"argument": "/text", "grounded": False}]


def test_trajectory_reading() -> None:
    """An attempt is solved when the state is as expected and the user was told."""
    state = cast(JsonObject, WORLD["state"])
    other: JsonObject = {**state, "notices": {"NT-1": {"channel": "sms"}}}
    tags: JsonObject = {"ground_truth": ["A(x=1)"], "initial_state": state, "attempt": []}
    right = judge_trajectory(job(**tags, expected_state=other, final_state=other, final_message="Done."))
    wrong = judge_trajectory(job(**tags, expected_state=other, final_state=state, final_message="Done."))
    silent = judge_trajectory(job(**tags, expected_state=other, final_state=other))
    assert [right["solved"], wrong["solved"], silent["solved"]] == [True, False, False]
    asked: JsonObject = {**tags, "expected_state": other, "final_state": other, "expected_answers": ["Oslo"]}
    attempts: list[tuple[str, JsonObject, bool]] = [
        ("In Oslo.", {}, True),
        ("Done.", {"city": "Oslo"}, True),
        ("Done.", {"city": "Rome"}, False),
    ]
    for message, answers, solved in attempts:
        assert judge_trajectory(job(**asked, final_message=message, told_answers=answers))["solved"] is solved
