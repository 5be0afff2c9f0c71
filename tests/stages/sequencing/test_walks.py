"""Walks: they follow edges, branch, join, take in what a step needs, and give everything its turn."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise, permutations

import networkx as nx
import pytest

from stages.sequencing.walks import OPENING, Walks
from stages.sequencing.wanted_shapes import Shape
from synthtools_stream.toolgraph.task_links import PATTERNS, Pattern
from synthtools_stream.toolgraph.tool_graph import Graph


def graph_of(*feeds: str, shares: tuple[str, ...] = ()) -> Graph:
    """Return a graph of `ab`, where a feeds b, and of those that share a parameter."""
    graph: Graph = nx.DiGraph()
    for a, b in map(tuple, feeds):
        graph.add_edge(a, b, weight=1.0, kind="feeds", gives=f"{a}_id", takes=f"{a}_id")
    for a, b in map(tuple, shares):
        graph.add_edge(a, b, weight=0.8, kind="shares", gives="x", takes="x")
    return graph


RING = graph_of("ab", "bc", "cd", "de", "ef", "fg", "ga")
TREE = graph_of("ab", "ac", "bd", "ce")
FUNNEL = graph_of("db", "ec", "ba", "ca")
WAYS = [RING, TREE, FUNNEL, graph_of("ab", "cd", shares=("bc", "da"))]


def drawn(graph: Graph, length: int, pattern: Pattern = "chain", seed: int = 0) -> list[str]:
    """Draw one walk."""
    return Walks(graph, random.Random(seed)).draw(Shape(length, pattern))


@pytest.mark.parametrize("graph", WAYS)
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("length", [2, 3, 4, 5])
def test_walks_have_their_length(graph: Graph, pattern: Pattern, length: int) -> None:
    """A walk has the wanted length and stands still nowhere, whatever the graph; while it can, it repeats nothing."""
    walks = Walks(graph, random.Random(3))
    for _ in range(20):
        walk = walks.draw(Shape(length, pattern))
        assert len(walk) == length
        assert all(here != there for here, there in pairwise(walk))
        assert len({*walk}) == min(length, len(graph))


def test_long_walk_repeats_later() -> None:
    """A walk longer than there are tools comes back to some, but never at once."""
    walk = drawn(graph_of("ab", "bc"), 9)
    assert len(walk) == 9
    assert all(here != there for here, there in pairwise(walk))


def test_chains_follow_edges() -> None:
    """Each step of a chain leads to the next, and the first one's feeder is taken in before it."""
    for seed in range(20):
        assert all(RING.has_edge(here, there) for here, there in pairwise(drawn(RING, 5, seed=seed)))


def test_what_a_step_needs_is_inserted() -> None:
    """A step that nothing before feeds gets the tool that does, right before it."""
    graph = graph_of("cb", shares=("ab", "bd", "da"))
    for seed in range(40):
        walk = drawn(graph, 4, seed=seed)
        assert walk.index("c") == walk.index("b") - 1


def test_split_walks_branch() -> None:
    """A branch has a step that feeds two later ones, each with its way on."""
    assert {tuple(drawn(TREE, 5, "branch", seed)) for seed in range(30)} == {
        ("a", "b", "d", "c", "e"),
        ("a", "c", "e", "b", "d"),
    }
    assert {*map(tuple, (drawn(TREE, 3, "branch", seed) for seed in range(30)))} == {("a", "b", "c"), ("a", "c", "b")}


def test_merged_walks_join() -> None:
    """A join has a step that two earlier ones feed, each with its way there."""
    assert {tuple(drawn(FUNNEL, 5, "join", seed)) for seed in range(30)} == {
        ("d", "b", "e", "c", "a"),
        ("e", "c", "d", "b", "a"),
    }


def test_joined_ways_feed_different_parameters() -> None:
    """Where two ways feed one parameter and a third another, the two that are merged are not those alike."""
    graph = graph_of("ad", "bd", "cd")
    graph.edges["b", "d"]["takes"] = "a_id"
    for seed in range(30):
        assert drawn(graph, 3, "join", seed) in (["a", "c", "d"], ["c", "a", "d"], ["b", "c", "d"], ["c", "b", "d"])


@pytest.mark.parametrize("pattern", ["branch", "join"])
def test_a_graph_without_a_place_for_it_gives_chains(pattern: Pattern) -> None:
    """A ring neither branches nor joins: the walk is a chain, which is better than none."""
    walk = drawn(RING, 4, pattern)
    assert all(RING.has_edge(here, there) for here, there in pairwise(walk))


def test_walks_cover_all() -> None:
    """Least-used tools come first, so that a few walks use every tool about as often."""
    everywhere: Graph = nx.DiGraph()
    everywhere.add_edges_from(permutations("abcdefg", 2), weight=1.0)
    walks = Walks(everywhere, random.Random(1))
    uses = Counter(name for _ in range(7) for name in walks.draw(Shape(3, "chain")))
    assert {*uses.values()} == {3}


def test_openings_differ() -> None:
    """As long as the graph has other beginnings, no two walks begin alike."""
    walks = Walks(TREE, random.Random(1))
    openings = [tuple(walks.draw(Shape(4, "chain"))[:OPENING]) for _ in range(3)]
    assert len({*openings}) == 3


def test_same_seed_same_walks() -> None:
    """The same seed draws the same walks, another one others."""
    drawings = [[drawn(RING, 5, seed=seed) for seed in seeds] for seeds in (range(9), range(9), range(9, 18))]
    assert drawings[0] == drawings[1] != drawings[2]


def test_renaming_changes_nothing() -> None:
    """Tools by other names are walked in the same way."""
    renamed = nx.relabel_nodes(FUNNEL, {name: f"{name}{name}" for name in FUNNEL})
    assert [name[0] for name in drawn(renamed, 5, "join", 4)] == drawn(FUNNEL, 5, "join", 4)
