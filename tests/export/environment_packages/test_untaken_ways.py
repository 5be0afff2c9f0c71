"""Attempts that must come to nothing."""

from __future__ import annotations

from synthtools_stream import ToolEnvironment
from synthtools_stream.export.environment_packages.untaken_ways import untaken_ways
from synthtools_stream.live.submission import Attempt, act
from synthtools_stream.values.jsontypes import JsonObject, object_at
from tests.export.exported import task

TASK = task()


async def played(way: JsonObject) -> Attempt:
    """Take a way to its end."""
    actions = way["actions"]
    assert isinstance(actions, list)
    async with ToolEnvironment(TASK) as env:
        attempt = Attempt(env=env)
        for action in actions:
            assert isinstance(action, dict)
            await act(attempt, str(action["tool_name"]), object_at(action, "arguments"))
        return attempt


async def test_none_is_accepted() -> None:
    """Neither doing nothing, nor all but the last write though everything is told."""
    ways = list(untaken_ways(TASK))
    assert [way["kind"] for way in ways] == ["nothing", "missing_write"]
    for way in ways:
        attempt = await played(way)
        assert attempt.over
        assert attempt.reward == way["reward"] == 0.0


def test_where_nothing_is_written() -> None:
    """Then there is but one way."""
    reads = TASK.model_copy(update={"steps": [step.model_copy(update={"changes": []}) for step in TASK.steps]})
    assert [way["kind"] for way in untaken_ways(reads)] == ["nothing"]
