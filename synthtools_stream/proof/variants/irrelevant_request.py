"""`irrelevant_request`: what is offered has to do with other things than the request.

The agent changes nothing, and says that it cannot help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.variants.base_task import twisted
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.twist import Expected, Twist, VariantKind
from synthtools_stream.state import CLOCK, as_json

__all__ = ["irrelevant_request"]


def irrelevant_request(
    base: Task, replayed: Replay, offered: Sequence[Tool], programs: Mapping[str, str]
) -> Task | None:
    """Return the variant with those of the `offered` tools that touch nothing which the task's calls touch.

    None where there is no such tool, or where a tool does not tell what it touches.
    """
    touched: set[str] = set()
    for tool in base.tools:
        if tool.effects is None:
            return None
        touched |= {*tool.effects.reads, *tool.effects.writes} - {CLOCK}
    names = {tool.tool_name for tool in base.tools}
    foreign = [tool for tool in offered if tool.tool_name not in names and _touches_none(tool, touched)]
    if not foreign:
        return None
    return twisted(
        base,
        VariantKind.irrelevant_request,
        Twist(expects=Expected.declined, step=0),
        tools=foreign,
        programs={tool.tool_name: programs[tool.tool_name] for tool in foreign if tool.tool_name in programs},
        steps=[],
        gt_tool_calls=[],
        answer=[],
        final_state=as_json(replayed.states[0]),
        parallel=[],
    )


def _touches_none(tool: Tool, touched: set[str]) -> bool:
    return tool.effects is not None and touched.isdisjoint((*tool.effects.reads, *tool.effects.writes))
