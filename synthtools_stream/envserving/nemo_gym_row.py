"""A task as a row of NeMo Gym's: what its agent is given, and what comes back to the server that verifies."""

from __future__ import annotations

from hashlib import blake2b

from synthtools_stream.live.submission import told_request
from synthtools_stream.records import Task
from synthtools_stream.toolcalls import WireNames, openai_function
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, object_at
from synthtools_stream.values.object_memo import ObjectMemo

__all__ = ["gym_row", "task_key"]

_KEY_BYTES = 16
"""Bytes of a key: too many to be guessed."""
_KEPT_KEYS = 64
"""Tasks whose keys are remembered: a trainer's groups are at a few at once, and each attempt shows the key twice."""


def gym_row(task: Task) -> JsonObject:
    """Return the row: `responses_create_params` with the request and flat tools, `task_id`, and `task_key`."""
    names = WireNames(tool.tool_name for tool in task.tools)
    tools: list[Json] = [_flat(object_at(openai_function(tool, names), "function")) for tool in task.tools]
    return {
        "responses_create_params": {
            "input": [{"role": "user", "content": told_request(task)}],
            "tools": tools,
            "parallel_tool_calls": False,
        },
        "task_id": task.id,
        "task_key": task_key(task),
    }


def _key(task: Task) -> str:
    return blake2b(canonical_json(task.to_json()), digest_size=_KEY_BYTES).hexdigest()


_key_of = ObjectMemo(_key, _KEPT_KEYS)


def task_key(task: Task) -> str:
    """Return a digest of the whole task, ground truth included.

    A Gym server is asked for the verdict at the same address as for tool calls, and an agent may call a tool `verify`.
    Rows have the key and come back with it; an agent, which never saw the ground truth, cannot have it.
    """
    return _key_of(task)


def _flat(function: JsonObject) -> JsonObject:
    """Return a tool as the Responses API has it; not strict, for that would forbid optional arguments."""
    return {"type": "function", **function, "strict": False}
