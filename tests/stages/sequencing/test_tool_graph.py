"""The tool graph: who can feed whom, and walks that give everything its turn."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

from stages.sequencing.tool_graph import MEAN_DEGREE, ToolGraph
from synthtools_stream.records import OutputField, Parameter, Tool


def tool(name: str, takes: list[str], gives: list[str]) -> Tool:
    """Return a tool that takes and gives values of these names."""
    return Tool(
        tool_name=name,
        tool_description=name,
        parameters={key: Parameter(type="string", description=key.replace("_", " ")) for key in takes},
        output_details={key: OutputField(type="string", description=key.replace("_", " ")) for key in gives},
    )


CHAIN = [tool(f"T{n}", [f"{'abcdefgh'[n] * 9}_id"], [f"{'abcdefgh'[n + 1] * 9}_id"]) for n in range(7)]


def test_outputs_feed_parameters() -> None:
    """A tool leads to the one that takes what it gives."""
    following = ToolGraph(CHAIN).following
    assert all(f"T{n + 1}" in following[f"T{n}"] for n in range(6))


def test_mean_degree_is_target() -> None:
    """The graph has as many edges a tool as it aims at, whatever the wording; the baseline has all of them."""
    assert edges(ToolGraph(CHAIN)) == round(MEAN_DEGREE * len(CHAIN))
    assert edges(ToolGraph(CHAIN, connected=False)) == 7 * 6
    assert edges(ToolGraph(CHAIN[:2])) == 2


def edges(graph: ToolGraph) -> int:
    """Return how many edges there are, each once, and none from a tool to itself."""
    assert all(here not in there and len(there) == len(set(there)) for here, there in graph.following.items())
    return sum(map(len, graph.following.values()))


def test_walks_follow_edges() -> None:
    """A walk has the wanted length, never stands still, and follows edges while it can."""
    graph, uses = ToolGraph(CHAIN), Counter[tuple[str, ...]]()
    for number in range(30):
        walk = graph.walk(4, uses, random.Random(number))
        assert len(walk) == len(set(walk)) == 4
        for index, (here, there) in enumerate(pairwise(walk)):
            ahead = set(graph.following[here]) - set(walk[: index + 1])
            assert there in ahead or not ahead


def test_walks_cover_all() -> None:
    """Least-used tools come first, so that a few walks use every tool about as often."""
    graph, uses = ToolGraph(CHAIN, connected=False), Counter[tuple[str, ...]]()
    for number in range(7):
        graph.walk(3, uses, random.Random(number))
    assert {uses[item.tool_name,] for item in CHAIN} == {3}


def test_long_walk_repeats_later() -> None:
    """A walk longer than there are tools comes back to some, but never at once."""
    walk = ToolGraph(CHAIN[:3]).walk(9, Counter(), random.Random(0))
    assert len(walk) == 9
    assert all(here != there for here, there in pairwise(walk))


def test_same_seed_same_walk() -> None:
    """The same seed draws the same walks."""
    drawn = [ToolGraph(CHAIN).walk(6, Counter(), random.Random(5)) for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_renaming_changes_nothing() -> None:
    """Tools by other names are walked in the same way."""
    renamed = [item.model_copy(update={"tool_name": item.tool_name.replace("T", "Z")}) for item in CHAIN]
    walks = [ToolGraph(tools).walk(6, Counter(), random.Random(5)) for tools in (CHAIN, renamed)]
    assert [name.replace("T", "Z") for name in walks[0]] == walks[1]
