"""Stability: the ground truth once more on fresh answers must come to the same."""

from __future__ import annotations

import copy

import pytest

from stages.summarizing.stability import assert_stable
from synthtools_stream.errors import Rejection
from synthtools_stream.proof.certificate import certify, seal
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.proof.freight import ScriptedContext, draft, proven


def fresh() -> list[JsonObject]:
    """Return what a simulator would answer to the three calls."""
    outputs: list[JsonObject] = []
    for step in draft().steps:
        text = step.model_dump(mode="json")
        changes: list[Json] = [
            {**change, "id": "$new1"} if change["op"] == "create" else change for change in text["changes"]
        ]
        response: JsonObject = {key: "$new1" if value == "N-1001" else value for key, value in step.response.items()}
        outputs.append({"status_code": 200, "response": response, "changes": changes})
    return outputs


async def unstable(*outputs: JsonObject) -> str:
    """Return why these answers are no longer the task's."""
    with pytest.raises(Rejection) as caught:
        await assert_stable(proven(), ScriptedContext(*outputs))
    assert caught.value.reason == "unstable"
    return caught.value.detail


async def test_same_answers_are_stable() -> None:
    """The same answers again are stable, each asked past the tape, for the task, with a seed of its own."""
    context = ScriptedContext(*fresh())
    await assert_stable(proven(), context)
    assert [owner for owner, _, _ in context.asked] == [proven().id] * 3
    assert all(key.endswith("/1") for _, key, _ in context.asked)


async def test_volatile_wording_is_free() -> None:
    """What is volatile may be worded otherwise."""
    outputs = copy.deepcopy(fresh())
    outputs[2]["changes"][0]["attributes"]["text"] = "In other words."  # type: ignore[index,call-overload]
    await assert_stable(proven(), ScriptedContext(*outputs))


async def test_refusal_is_unstable() -> None:
    """A call that is refused now makes the task unstable."""
    refusal: JsonObject = {"status_code": 400, "error_message": "the vessel is full"}
    assert "step 1 is now answered 400" in await unstable(fresh()[0], refusal)


async def test_lost_write_is_unstable() -> None:
    """A write that is lost now leaves another state."""
    first, second, third = fresh()
    assert "step 2" in await unstable(first, second, *[{**third, "changes": []}] * 3)
    nothing: JsonObject = {"status_code": 200, "response": second["response"], "changes": []}
    assert "step 1" in await unstable(first, *[nothing] * 3)


async def test_other_answer_is_unstable() -> None:
    """What the user asked to be told must still be true."""
    _, second, third = fresh()
    none: JsonObject = {"status_code": 200, "response": {"vessels": [], "count": 0}}
    assert "/count is now '0'" in await unstable(none, second, third)


async def test_no_usable_answer_is_unstable() -> None:
    """A tool that gives no usable answer now makes the task unstable."""
    nonsense: JsonObject = {"status_code": 200, "response": {"vessels": "many"}}
    assert "step 0: no usable answer" in await unstable(*[nonsense] * 3)


async def test_later_calls_follow_new_ids() -> None:
    """An id that was minted otherwise is renamed in the calls that rest on it."""
    task = proven()
    renamed = task.model_copy(
        update={
            "steps": [
                *task.steps[:2],
                task.steps[2].model_copy(
                    update={
                        "response": {"notice_id": "N-7", "booking_id": "BK-2041"},
                        "changes": [task.steps[2].changes[0].model_copy(update={"id": "N-7"})],
                    }
                ),
                task.steps[1].model_copy(update={"call": "MoveBooking(booking_id='N-7', vessel_id='VS-81')"}),
            ]
        }
    )
    context = ScriptedContext(*fresh(), {"status_code": 404, "error_message": "there is no such booking"})
    with pytest.raises(Rejection, match="step 3 is now answered 404"):
        await assert_stable(renamed, context)
    assert context.asked[3][2].call.arguments["booking_id"] == "N-1001"


def test_stability_is_certified_and_sealed() -> None:
    """The certificate tells stability; claiming it afterwards breaks the seal."""
    task = draft()
    stable = task.model_copy(update={"certificate": certify(task, stability=True)})
    assert verify_task(stable).status == "proven"
    assert stable.certificate is not None
    claimed = proven().model_copy(update={"certificate": certify(task).model_copy(update={"stability": True})})
    assert "digest differs" in verify_task(claimed).reasons[0]
    assert seal(claimed) == stable
