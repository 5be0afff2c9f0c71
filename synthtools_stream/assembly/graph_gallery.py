"""The tool graphs of a run, drawn: of the environments that have the most tasks, with what tasks went along."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from synthtools_stream.assembly.run_graphs import run_graphs
from synthtools_stream.errors import LogDamage, TransportError, UsageError
from synthtools_stream.report.graph_picture import Gallery, Picture, graph_svg
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.toolgraph.coverage import Coverage
from synthtools_stream.toolgraph.tool_graph import Graph
from synthtools_stream.values.lineages import lineage

__all__ = ["graph_gallery"]

_MOST = 24
"""Environments that are drawn: some screens of a page, and more than anybody looks through."""


def graph_gallery(path: Path, counted: Coverage) -> Gallery:
    """Draw the graphs of a run directory; `counted` is what its tasks call. A file of rows has none."""
    if not path.is_dir() or read_run(path) is None:
        return Gallery()
    calls = Counter[str]()
    for (environment, _), count in counted.tools.items():
        calls[environment] += count
    if not calls:  # attempts alone, as `rollout` leaves them
        return Gallery()
    chosen = [name for name, _ in calls.most_common(_MOST)]
    try:
        graphs = asyncio.run(run_graphs(path, only=frozenset(chosen)))
    except (UsageError, LogDamage, TransportError) as error:
        return Gallery(why_not=str(error))
    by_lineage = {lineage(name): graph for name, graph in graphs.items()}
    pictures = [_picture(name, by_lineage[name], counted) for name in chosen if name in by_lineage]
    return Gallery(pictures, len(calls))


def _picture(name: str, graph: Graph, counted: Coverage) -> Picture:
    calls = {tool: count for (environment, tool), count in counted.tools.items() if environment == name}
    used = {(here, there): count for (world, here, there), count in counted.pairs.items() if world == name}
    gone = sum(edge in used for edge in graph.edges)
    about = f"{len(graph)} tools, {len(calls)} called; {graph.number_of_edges()} edges, {gone} gone along"
    return Picture(name, about, graph_svg(graph, name, calls, used))
