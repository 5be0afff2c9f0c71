"""What the agent and the trajectory judge may answer."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from synthtools_stream.roles.rollout_roles import AGENT_JSON, TRAJECTORY_JUDGE, AgentAction, TrajectoryJudgeOutput
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at


@pytest.mark.parametrize(("said", "meant"), [(0.4, 0.4), (1.7, 1.0), (85, 1.0), (-0.1, 0.0), (1, 1.0)])
def test_confidence_out_of_bounds_is_meant_well(said: float, meant: float) -> None:
    """A number past the bounds is the bound; it is worth no second request."""
    assert TrajectoryJudgeOutput(reasoning="x", solved=True, confidence=said).confidence == meant


@pytest.mark.parametrize("said", ["high", None, [1]])
def test_confidence_that_is_no_number_is_asked_again(said: Json) -> None:
    """Anything but a number is refused."""
    with pytest.raises(ValidationError):
        TrajectoryJudgeOutput.model_validate({"reasoning": "x", "solved": True, "confidence": said})


def test_schema_still_tells_the_bounds() -> None:
    """The model is told the bounds all the same."""
    shape = object_at(TRAJECTORY_JUDGE.schema, "properties")
    assert object_at(shape, "confidence")["maximum"] == 1.0


@pytest.mark.parametrize("reasoning", ["", "First the trip."])
def test_a_bare_call_is_an_action(reasoning: str) -> None:
    """A call in the form that models are trained on is taken for what it is; what else it might be is refused."""
    said: JsonObject = {"name": "AddDiver", "arguments": {"trip_id": "TR-1018"}}
    read = AgentAction.model_validate({**said, "reasoning": reasoning} if reasoning else said)
    assert (read.reasoning, read.action, read.tool_name) == (reasoning, "call", "AddDiver")
    assert read.arguments == {"trip_id": "TR-1018"}
    for more in ({"message": "Done."}, {"action": "final"}):
        with pytest.raises(ValidationError):
            AgentAction.model_validate({**said, **more})
    assert "name" not in object_at(AGENT_JSON.schema, "properties")
