"""Certificates: what is refused one."""

from __future__ import annotations

import pytest

from synthtools_stream.errors import Rejection
from synthtools_stream.proof.certificate import certify, examine
from tests.proof.freight import draft


def _unproven(**parts: object) -> str:
    with pytest.raises(Rejection) as caught:
        certify(draft().model_copy(update={"summary": draft().summary.replace("Castor", "it"), **parts}))
    assert caught.value.reason == "unproven"
    return caught.value.detail


def test_idle_tasks_are_unproven() -> None:
    """A task that neither writes nor asks for an answer accepts doing nothing, and is refused for it."""
    task = draft()
    read = task.steps[0].model_copy(update={"answer": []})
    calls, start = task.gt_tool_calls[:1], task.initial_state
    idle = _unproven(steps=[read], gt_tool_calls=calls, final_state=start, answer=[])
    assert "the verdict accepts doing nothing" in idle
    told = {
        "summary": "Find vessels arriving by 16 March 2026 with room for 12 containers and tell me how many there are."
    }
    telling = task.model_copy(update={"steps": task.steps[:1], "gt_tool_calls": calls, "final_state": start, **told})
    assert certify(telling).verdict.rejects_nothing


def test_invisible_writes_are_unproven() -> None:
    """A write that leaves no trace in the final state may be left out unnoticed, and is refused for it."""
    task = draft()
    back = task.steps[1].model_copy(
        update={
            "turn": "Move BK-2041 back to VS-77.",
            "call": "MoveBooking(booking_id='BK-2041', vessel_id='VS-77')",
            "response": {"booking_id": "BK-2041", "vessel_id": "VS-77"},
            "changes": [task.steps[1].changes[0].model_copy(update={"attributes": {"vessel_id": "VS-77"}})],
            "provenance": {},
        }
    )
    steps = [*task.steps[:2], back]
    calls = [step.call for step in steps]
    detail = _unproven(steps=steps, gt_tool_calls=calls, final_state=task.initial_state)
    assert "leaving out a write" in detail


def test_examination_needs_typed_states() -> None:
    """A task without states cannot be examined, and says so."""
    assert examine(draft().model_copy(update={"initial_state": None})).problems == ["there is no state"]
