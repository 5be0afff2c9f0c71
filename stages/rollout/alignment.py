"""How an agent's calls lie against the ground truth: reported, never decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from synthtools_stream.errors import BadCall
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.trajectory import Alignment
from synthtools_stream.toolcalls import canonical, parse_call
from synthtools_stream.values.jsontypes import canonical_json

__all__ = ["align"]


def align(task: Task, calls: Sequence[str]) -> Alignment:
    """Match an agent's calls with the task's, each once and in any order, by their canonical form."""
    tools = {tool.tool_name: tool for tool in task.tools}
    wanted = [(_identity(call, tools), call) for call in task.gt_tool_calls]
    made = [(_identity(call, tools), call) for call in calls]
    missing = _left_over(wanted, made)
    rate = 1.0 - len(missing) / len(wanted) if wanted else 1.0
    return Alignment(match_rate=round(rate, 4), missing=missing, extra=_left_over(made, wanted))


def _identity(call: str, tools: Mapping[str, Tool]) -> bytes:
    try:
        parsed = parse_call(call)
    except BadCall:
        return call.encode(errors="replace")
    if parsed.name in tools:
        parsed = canonical(parsed, tools[parsed.name])
    return canonical_json([parsed.name, parsed.arguments])


def _left_over(calls: Sequence[tuple[bytes, str]], others: Sequence[tuple[bytes, str]]) -> list[str]:
    """Return the calls that find no partner of their own among `others`."""
    free = Counter(identity for identity, _ in others)
    left: list[str] = []
    for identity, call in calls:
        if free[identity] > 0:
            free[identity] -= 1
        else:
            left.append(call)
    return left
