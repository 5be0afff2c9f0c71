"""How an agent's calls lie against the ground truth: reported, never decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

from synthtools_stream.errors import BadCall, StateProblem
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.trajectory import Alignment, ToolTurn
from synthtools_stream.state import as_state
from synthtools_stream.toolcalls import canonical, parse_call
from synthtools_stream.values.jsontypes import JsonObject, canonical_json, same_json

__all__ = ["align", "follows"]

T = TypeVar("T")


def align(task: Task, turns: Sequence[ToolTurn], final_state: JsonObject | None) -> Alignment:
    """Match an agent's successful calls with the task's, each once and in any order, by their canonical form.

    Of calls beyond the task's, those are detours that changed something of which `final_state` shows nothing.
    """
    tools = {tool.tool_name: tool for tool in task.tools}
    wanted = [(_identity(call, tools), call) for call in task.gt_tool_calls]
    made = [(_identity(turn.call, tools), turn) for turn in turns if 200 <= turn.status_code < 300]
    missing, extra = _left_over(wanted, made), _left_over(made, wanted)
    rate = 1.0 - len(missing) / len(wanted) if wanted else 1.0
    return Alignment(
        match_rate=round(rate, 4),
        missing=missing,
        extra=[turn.call for turn in extra],
        detours=[turn.call for turn in extra if _is_undone(turn.changes, final_state)],
    )


def follows(task: Task, turns: Sequence[ToolTurn]) -> bool:
    """Say whether the successful calls are those of the ground truth, all of them, in its order, and no others."""
    tools = {tool.tool_name: tool for tool in task.tools}
    made = [turn.call for turn in turns if 200 <= turn.status_code < 300]
    wanted = task.gt_tool_calls
    return len(made) == len(wanted) and all(
        _identity(one, tools) == _identity(other, tools) for one, other in zip(made, wanted, strict=True)
    )


def _identity(call: str, tools: Mapping[str, Tool]) -> bytes:
    try:
        parsed = parse_call(call)
    except BadCall:
        return call.encode(errors="replace")
    if parsed.name in tools:
        parsed = canonical(parsed, tools[parsed.name])
    return canonical_json([parsed.name, parsed.arguments])


def _is_undone(changes: Sequence[Change], final_state: JsonObject | None) -> bool:
    """Say whether there were changes, and nothing of them stands at the end; of a free-form state nobody knows."""
    try:
        state = as_state(final_state)
    except StateProblem:
        return False
    return bool(changes) and not any(_stands(change, state) for change in changes)


def _stands(change: Change, state: State) -> bool:
    entity = (state.get(change.collection) or {}).get(change.id)
    if entity is None or change.op != "update":
        return (entity is None) == (change.op == "delete")
    return any(name in entity and same_json(entity[name], value) for name, value in change.attributes.items())


def _left_over(calls: Sequence[tuple[bytes, T]], others: Sequence[tuple[bytes, object]]) -> list[T]:
    """Return the calls that find no partner of their own among `others`."""
    free = Counter(identity for identity, _ in others)
    left: list[T] = []
    for identity, call in calls:
        if free[identity] > 0:
            free[identity] -= 1
        else:
            left.append(call)
    return left
