"""Trajectories in the interchange format."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synthtools_stream.errors import Rejection
from synthtools_stream.export.export_format import Choices
from synthtools_stream.export.traces.atif_traces import AtifTraces
from tests.export.exported import MESSAGES, attempt, result


def trajectory(choices: Choices | None = None, **changed: Any) -> dict[str, Any]:
    """Return the file of an attempt."""
    read: dict[str, Any] = json.loads(AtifTraces().session(attempt(0, **changed), choices or Choices()))
    return read


def test_steps_are_messages_and_results_stand_with_their_calls() -> None:
    """In order, numbered from 1, none of them missing."""
    read = trajectory()
    steps = read["steps"]
    assert read["schema_version"] == "ATIF-v1.7"
    assert [step["step_id"] for step in steps] == [1, 2, 3, 4, 5]
    assert [step["source"] for step in steps] == ["system", "user", "agent", "agent", "agent"]
    assert steps[1]["message"] == MESSAGES[1]["content"]
    assert [call["arguments"] for call in steps[2]["tool_calls"]] == [
        {"arrive_by": "2026-03-16", "min_capacity": 12},
        {"status": "confirmed", "max_results": 3},
    ]
    assert [answer["source_call_id"] for answer in steps[2]["observation"]["results"]] == ["call_0001", "call_0002"]
    assert steps[3]["observation"]["results"][0]["content"] == MESSAGES[6]["content"]
    assert "observation" not in steps[4]
    assert read["final_metrics"] == {"total_steps": 5}
    assert read["agent"]["tool_definitions"] == attempt(0).tools
    assert read["extra"]["verdict"]["kind"] == "solved"


@pytest.mark.parametrize(("reasoning", "kept"), [("keep", 2), ("drop", 0), ("inline", 0)])
def test_reasoning(reasoning: Any, kept: int) -> None:
    """It has a field of its own, or none."""
    steps = trajectory(Choices(reasoning=reasoning))["steps"]
    assert sum("reasoning_content" in step for step in steps) == kept
    assert ("<think>" in steps[2]["message"]) is (reasoning == "inline")


def test_result_that_nobody_asked_for() -> None:
    """The format has no place for it."""
    with pytest.raises(Rejection, match="does not follow a call"):
        trajectory(messages=[*MESSAGES, result(9, {})])


def test_usage_is_summed_up() -> None:
    """As the row counts it."""
    tried = attempt(0)
    told = tried.model_copy(update={"meta": {"usage": {"prompt_tokens": 7, "completion_tokens": 3, "requests": 2}}})
    read = json.loads(AtifTraces().session(told, Choices()))
    assert read["final_metrics"] == {"total_prompt_tokens": 7, "total_completion_tokens": 3, "total_steps": 5}
    assert "model_name" not in read["agent"]
