"""Attempts at a task that must not be accepted, as OpenEnv's actions: its certificate says that they are not."""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.live.submission import SUBMIT
from synthtools_stream.proof.verdict_trials import closing_of
from synthtools_stream.records import Task
from synthtools_stream.toolcalls import WireNames, parse_call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["untaken_ways"]


def untaken_ways(task: Task) -> Iterator[JsonObject]:
    """Yield doing nothing, and, where something is written, all but the last write, told as if all was done."""
    yield _way(task, "nothing", [], "I did nothing.")
    writes = [number for number, step in enumerate(task.steps) if step.changes]
    if writes:
        calls = [_called(task, text) for number, text in enumerate(task.gt_tool_calls) if number != writes[-1]]
        yield _way(task, "missing_write", calls, closing_of(task) or "All is done.")


def _way(task: Task, kind: str, calls: list[Json], message: str) -> JsonObject:
    told: JsonObject = {"type": "call_tool", "tool_name": SUBMIT, "arguments": {"message": message}}
    return {"kind": kind, "reset": {"task_id": task.id}, "actions": [*calls, told], "reward": 0.0}


def _called(task: Task, text: str) -> JsonObject:
    call = parse_call(text)
    names = WireNames(tool.tool_name for tool in task.tools)
    return {"type": "call_tool", "tool_name": names.on_wire(call.name), "arguments": call.arguments}
