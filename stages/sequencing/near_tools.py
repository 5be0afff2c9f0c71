"""Which tools a task could offer besides its own: those that are most like one of them."""

from __future__ import annotations

from collections.abc import Collection

from synthtools_stream.records import NearTool, ToolPool
from synthtools_stream.toolgraph.likeness import tfidf_likeness
from synthtools_stream.toolgraph.tool_graph import tool_text

__all__ = ["near_tools"]

_DIGITS = 6
"""Of a likeness: what differs beyond is the same, on any machine."""


def near_tools(pool: ToolPool, used: Collection[str], count: int) -> list[NearTool]:
    """Return up to `count` of a pool's tools that are not `used`, the nearest first; equally near ones in its order."""
    if not count:
        return []
    texts = {entry.tool_name: tool_text(entry.tool) for entry in pool.tools}
    likeness = tfidf_likeness(texts.values())
    others = [entry for entry in pool.tools if entry.tool_name not in used]
    near = {
        entry.tool_name: max(round(likeness(texts[entry.tool_name], texts[name]), _DIGITS) for name in used)
        for entry in others
    }
    ranked = sorted(others, key=lambda entry: -near[entry.tool_name])
    return [NearTool(tool=entry.tool, program=entry.program) for entry in ranked[:count]]
