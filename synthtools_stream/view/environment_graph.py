"""How the tools of an environment hang together, drawn, with what its tasks make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise

from synthtools_stream.errors import BadCall
from synthtools_stream.records import AuditedTool, Environment
from synthtools_stream.report.graph_picture import graph_svg
from synthtools_stream.toolcalls import called_tool
from synthtools_stream.toolgraph.likeness import tfidf_likeness
from synthtools_stream.toolgraph.tool_graph import part_texts, tool_graph

__all__ = ["environment_graph"]

_LEAST_TOOLS = 2
"""Tools below which there is nothing to draw."""
_MOST_TOOLS = 60
"""Tools above which nobody could read the drawing, nor would it be made in a moment."""


def environment_graph(
    environment: Environment, tools: Sequence[AuditedTool], tasks: Sequence[Sequence[str]]
) -> str | None:
    """Draw the graph of an environment's tools as SVG; None where there are too few or too many of them.

    `tasks` are the calls of each task's ground truth. Tools are joined by ids and by words, as a run without an
    embedding model joins them.
    """
    if not _LEAST_TOOLS <= len(tools) <= _MOST_TOOLS:
        return None
    members = [tool.tool for tool in tools]
    graph = tool_graph(members, environment.blueprint.entity_types, tfidf_likeness(part_texts(members)))
    names = [list(_names(calls)) for calls in tasks]
    calls = Counter(name for called in names for name in called)
    used = Counter(pair for called in names for pair in pairwise(called))
    return graph_svg(graph, environment.scenario, calls, used)


def _names(calls: Sequence[str]) -> Iterator[str]:
    for call in calls:
        with suppress(BadCall):  # the task's own page shows it as it is
            yield called_tool(call)
