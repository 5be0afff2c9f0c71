"""`missing_tool`: the tool of the last step is not offered, and no other can do what it did.

The agent does the rest, and says what it could not do.
"""

from __future__ import annotations

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.variants.base_task import twisted
from synthtools_stream.proof.variants.last_step import last_write, without_last_step
from synthtools_stream.records.task import Task
from synthtools_stream.records.twist import Expected, Twist, VariantKind

__all__ = ["missing_tool"]


def missing_tool(base: Task, replayed: Replay) -> Task | None:
    """Return the variant; None where the last step reads, its tool serves another, or another tool writes there."""
    last = last_write(base)
    if last is None:
        return None
    name = replayed.calls[last].name
    offered = [tool for tool in base.tools if tool.tool_name != name]
    needed = {change.collection for change in base.steps[last].changes}
    if any(call.name == name for call in replayed.calls[:last]):
        return None
    if any(tool.effects is None or needed.intersection(tool.effects.writes) for tool in offered):
        return None
    columns = without_last_step(base, replayed)
    columns["tools"] = offered
    columns["programs"] = {tool: source for tool, source in base.meta.programs.items() if tool != name}
    return twisted(base, VariantKind.missing_tool, Twist(expects=Expected.declined, step=last), **columns)
