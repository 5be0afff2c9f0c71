"""A world without an event loop."""

from __future__ import annotations

import pytest

from synthtools_stream.live.stepped_world import SteppedWorld
from synthtools_stream.records import Task
from synthtools_stream.toolcalls import parse_call
from tests.proof.coded_task import coded


def played(task: Task) -> SteppedWorld:
    """Return a world after the ground truth."""
    world = SteppedWorld(task)
    for text in task.gt_tool_calls:
        call = parse_call(text)
        assert world.call(call.name, call.arguments)["status_code"] == 200
    return world


def test_ground_truth_ends_in_the_final_state() -> None:
    """Each call goes on from the state that the one before it left."""
    task = coded()
    world = played(task)
    assert world.state == task.final_state
    assert world == SteppedWorld(task, task.final_state)
    assert world.digest() == SteppedWorld(task, task.final_state).digest()


def test_world_that_went_on_is_another() -> None:
    """By its digest as well, and what is no world equals none."""
    task = coded()
    world = played(task)
    assert world != SteppedWorld(task)
    assert world.digest() != SteppedWorld(task).digest()
    assert world != "a world"
    with pytest.raises(TypeError, match="changes"):
        hash(world)


def test_what_cannot_be_called() -> None:
    """Is answered, and changes nothing."""
    world = SteppedWorld(coded())
    before = world.state
    assert world.call("NoSuchTool", {})["status_code"] == 400
    assert world.call(coded().tools[0].tool_name, "{")["status_code"] == 400
    assert world.state == before


async def test_within_a_loop() -> None:
    """It does not block one."""
    with pytest.raises(RuntimeError, match="running event loop"):
        SteppedWorld(coded()).call("NoSuchTool", {})
