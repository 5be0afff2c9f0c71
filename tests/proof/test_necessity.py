"""Necessity: no call without a reason, no argument without a trace."""

from __future__ import annotations

import pytest

from synthtools_stream.errors import Rejection
from synthtools_stream.proof.certificate import certify, examine
from synthtools_stream.proof.grounded.grounds import Grounds
from synthtools_stream.proof.grounded.provenance_search import find_all
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.necessity import necessity, unobserved_arguments
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.records import Change, Effects, OutputField, Parameter, Step, Task, Tool
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import TOOLS, draft, proven, world

GET = Tool(
    tool_name="GetBooking",
    tool_description="Look up a booking.",
    parameters={"booking_id": Parameter(type="string", required=True)},
    output_details={"status": OutputField(type="string"), "shipper": OutputField(type="string")},
    effects=Effects(reads=["bookings"]),
)
LOOK: JsonObject = {"status": "confirmed", "shipper": "Alba"}


def looking(tool: Tool = TOOLS["MoveBooking"], **step: object) -> Task:
    """Return the task with a look at BK-2041 before everything else, and `tool` in place of the move."""
    task = draft()
    turn = "Have a look at BK-2041."
    call = parse_call("GetBooking(booking_id='BK-2041')")
    found = find_all(call, GET, Grounds([turn], [], world()))
    look = Step(turn=turn, call="GetBooking(booking_id='BK-2041')", status_code=200, response=LOOK)
    look = look.model_copy(update={"provenance": found.provenance, **step})
    steps = [look, *(_later(later) for later in task.steps)]
    answers = [answer.model_copy(update={"step": answer.step + 1}) for answer in task.answer]
    tools = [GET, *(tool if one.tool_name == tool.tool_name else one for one in task.tools)]
    return task.model_copy(
        update={
            "steps": steps,
            "gt_tool_calls": [one.call for one in steps],
            "tools": tools,
            "answer": answers,
            "summary": f"{turn} {task.summary}",
        }
    )


def _later(step: Step) -> Step:
    """Return a step one place later."""
    moved = {
        pointer: proof.model_copy(
            update={
                "turn": None if proof.turn is None else proof.turn + 1,
                "step": None if proof.step is None else proof.step + 1,
            }
        )
        for pointer, proof in step.provenance.items()
    }
    return step.model_copy(update={"provenance": moved})


def test_true_task_needs_all_its_calls() -> None:
    """Writes, answers and only sources are needed, and the certificate says so."""
    task = proven()
    assert necessity(task, replay(task)).unneeded == []
    assert task.certificate is not None
    assert task.certificate.necessity is True
    assert task.certificate.guards == []


def test_idle_look_is_rejected() -> None:
    """A read that nothing needs makes the task unfit, under a reason of its own."""
    with pytest.raises(Rejection) as caught:
        certify(looking())
    assert (caught.value.reason, caught.value.detail) == ("unneeded_call", "step 0: nothing needs this call")
    assert "step 0: nothing needs this call" in examine(looking()).problems


def test_guards_are_named() -> None:
    """A read that shows what a later call's rule tests, of the entity that it acts on, is a guard."""
    strict = TOOLS["MoveBooking"].model_copy(update={"usage": "Only a booking whose status is confirmed can be moved."})
    task = looking(strict)
    (guard,) = necessity(task, replay(task)).guards
    assert (guard.step, guard.guards, guard.entity, guard.attribute) == (0, 2, "BK-2041", "bookings.status")
    certified = task.model_copy(update={"certificate": certify(task)})
    assert verify_task(certified).reasons == ()
    other = certified.model_copy(update={"tools": looking().tools})
    assert any("nothing needs this call" in reason for reason in verify_task(other).reasons)


def test_source_that_is_not_the_only_one_is_idle() -> None:
    """Where the user said the value, too, the read that returned it was for nothing."""
    silent = draft()
    first = silent.steps[0].model_copy(update={"answer": []})
    only = silent.model_copy(update={"steps": [first, *silent.steps[1:]]})
    assert necessity(only, replay(only)).unneeded == []
    told = first.model_copy(update={"turn": f"{first.turn} Perhaps VS-81?"})
    also = silent.model_copy(update={"steps": [told, *silent.steps[1:]]})
    assert necessity(also, replay(also)).unneeded == [0]


def test_amounts_of_raises_are_observed() -> None:
    """By how much a number was raised shows in the state, though the amount itself stands nowhere."""
    task = draft()
    before = task.steps[1]
    raised = before.model_copy(
        update={
            "call": "MoveBooking(booking_id='BK-2041', vessel_id='x', by=5, silent=True)",
            "changes": [Change(op="update", collection="bookings", id="BK-2041", attributes={"containers": 17})],
        }
    )
    changed = task.model_copy(update={"steps": [task.steps[0], raised]})
    assert unobserved_arguments(changed, replay(changed)) == ["1/vessel_id", "1/silent"]


def test_too_many_untraced_arguments_are_refused() -> None:
    """A task whose arguments mostly leave no trace is not proven."""
    task = draft()
    extra = {f"flag_{number}": Parameter(type="boolean", default=True) for number in range(4)}
    move = TOOLS["MoveBooking"].model_copy(update={"parameters": {**TOOLS["MoveBooking"].parameters, **extra}})
    call = "MoveBooking(booking_id='BK-2041', vessel_id='VS-81', flag_0=True, flag_1=True, flag_2=True, flag_3=True)"
    grounds = Grounds([step.turn for step in task.steps[:2]], [task.steps[0].response], world())
    provenance = find_all(parse_call(call), move, grounds).provenance
    step = task.steps[1].model_copy(update={"call": call, "provenance": provenance})
    flagged = task.model_copy(
        update={
            "steps": [task.steps[0], step, task.steps[2]],
            "gt_tool_calls": [task.gt_tool_calls[0], call, task.gt_tool_calls[2]],
            "tools": [move if tool.tool_name == move.tool_name else tool for tool in task.tools],
        }
    )
    with pytest.raises(Rejection, match="4 of 11 arguments leave no trace: 1/flag_0") as caught:
        certify(flagged)
    assert caught.value.reason == "unproven"
