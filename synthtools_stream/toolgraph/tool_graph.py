"""The tool graph of one environment: which tool's values another tool can take.

An edge a → b *feeds* where an output of `a` can be a parameter of `b`, and *shares* where both take the same thing. It
is drawn *by id* where both ends hold ids of one collection, which is certain, else *by words* where the cosine of their
texts, `name: description`, passes a threshold. One number fits one encoder only, so where none is given the threshold
follows from a target mean degree: the most alike pairs are joined until the graph has that many edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import networkx as nx

from synthtools_stream.records import EntityType, OutputField, Parameter, Tool
from synthtools_stream.toolgraph.likeness import Likeness
from synthtools_stream.toolgraph.typed_references import id_names, referred
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["MEAN_DEGREE", "Graph", "graph_json", "nearest_tools", "part_texts", "tool_graph", "tool_text"]

if TYPE_CHECKING:
    Graph: TypeAlias = nx.DiGraph[str]
else:
    Graph = nx.DiGraph

MEAN_DEGREE = 3.0
"""Edges that leave a tool, on average: enough that walks differ, few enough that they make sense."""
SHARED_INPUT = 0.8
"""Share of its likeness for which a parameter counts that both tools take: an output that feeds one says more."""
LEAST_LIKENESS = 0.25
"""Cosine below which no degree is worth an edge: a word in common that many texts have."""
DIGITS = 4
"""Of a weight: what machines compute alike."""


class _Part(NamedTuple):
    """A parameter or an output."""

    name: str
    text: str
    refers: frozenset[str]
    """Collections whose ids it holds."""


@dataclass(frozen=True)
class _Ends:
    """What a tool takes and gives."""

    name: str
    takes: Sequence[_Part]
    outputs: Sequence[_Part]

    @cached_property
    def gives(self) -> Sequence[_Part]:
        """What a caller did not know before: no output that repeats a parameter, no id that was passed in."""
        known = {part.name for part in self.takes}
        passed = frozenset[str]().union(*(part.refers for part in self.takes))
        return [part._replace(refers=part.refers - passed) for part in self.outputs if part.name not in known]


class _Edge(NamedTuple):
    """One way in which a value gets from a tool to another."""

    weight: float
    kind: str
    by: str
    gives: str
    takes: str


def part_texts(tools: Iterable[Tool]) -> list[str]:
    """Return the texts that a graph of `tools` compares, each once: what an encoder is to be given."""
    ends = (_ends(tool, {}) for tool in tools)
    return list(dict.fromkeys(part.text for end in ends for part in (*end.takes, *end.outputs)))


def tool_graph(
    tools: Sequence[Tool], types: Sequence[EntityType], likeness: Likeness, threshold: float | None = None
) -> Graph:
    """Join `tools`, nodes by name; each edge has `weight`, `kind`, `by`, `gives` and `takes`.

    `gives` names the output, or the shared parameter, and `takes` the parameter that it can be. Weights are from 0 to
    1. `likeness` knows the `part_texts` of the tools. In which order tools are given makes no difference: rows stand in
    files as they were finished.
    """
    names = id_names(types)
    ends = sorted((_ends(tool, names) for tool in tools), key=lambda end: end.name)
    graph: Graph = nx.DiGraph()
    graph.add_nodes_from(end.name for end in ends)
    ranked = sorted(_ranked(ends, likeness), key=lambda item: item[0])
    most = round(MEAN_DEGREE * len(tools)) if threshold is None else len(ranked)
    for index, (_, here, there, edge) in enumerate(ranked):
        if _is_certain(edge) or (index < most and _passes(edge, threshold)):
            graph.add_edge(here, there, **edge._asdict())
    return graph


def graph_json(graph: Graph) -> JsonObject:
    """Return `nodes` and `edges`, as networkx's node-link format has them."""
    data: JsonObject = nx.node_link_data(graph, edges="edges")
    return data


def tool_text(tool: Tool) -> str:
    """Return what a whole tool is compared by."""
    return f"{tool.tool_name}: {tool.tool_description}"


def nearest_tools(tool: Tool, others: Iterable[Tool], likeness: Likeness, count: int) -> list[Tool]:
    """Return the `count` of `others` most like `tool`, the most alike first; `likeness` knows their `tool_text`."""
    mine = tool_text(tool)
    return sorted(others, key=lambda other: -round(likeness(mine, tool_text(other)), DIGITS))[:count]


def _ends(tool: Tool, names: Mapping[str, str]) -> _Ends:
    def part(name: str, value: Parameter | OutputField) -> _Part:
        inside = value.description if value.type in ("array", "object") else ""
        return _Part(name, f"{name}: {value.description}", referred(f"{name} {inside}", names))

    return _Ends(
        tool.tool_name,
        [part(name, parameter) for name, parameter in tool.parameters.items()],
        [part(name, output) for name, output in tool.output_details.items()],
    )


def _ranked(ends: Sequence[_Ends], likeness: Likeness) -> Iterator[tuple[tuple[float, int], str, str, _Edge]]:
    """Yield every edge that could be, with its rank; of equally strong ones each tool has one before any has two."""
    for a in ends:
        found = [(b.name, edge) for b in ends if b is not a and (edge := _strongest(a, b, likeness))]
        for place, (there, edge) in enumerate(sorted(found, key=lambda item: -item[1].weight)):
            yield (-edge.weight, place), a.name, there, edge


def _strongest(a: _Ends, b: _Ends, likeness: Likeness) -> _Edge | None:
    return max(_edges(a, b, likeness), key=lambda edge: (edge.weight, edge.by == "id"), default=None)


def _edges(a: _Ends, b: _Ends, likeness: Likeness) -> Iterator[_Edge]:
    for kind, given, share in (("feeds", a.gives, 1.0), ("shares", a.takes, SHARED_INPUT)):
        for one in given:
            for other in b.takes:
                by_id = bool(one.refers & other.refers)
                if other.refers and not by_id:
                    continue  # it takes an id, and what is none, or another's, cannot be that
                weight = share * (1.0 if by_id else likeness(one.text, other.text))
                yield _Edge(round(weight, DIGITS), kind, "id" if by_id else "words", one.name, other.name)


def _is_certain(edge: _Edge) -> bool:
    return edge.by == "id" and edge.kind == "feeds"


def _passes(edge: _Edge, threshold: float | None) -> bool:
    likeness = edge.weight if edge.kind == "feeds" else edge.weight / SHARED_INPUT
    return likeness >= (LEAST_LIKENESS if threshold is None else threshold)
