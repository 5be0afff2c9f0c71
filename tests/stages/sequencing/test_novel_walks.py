"""Of more walks the most different are shown; the shapes stay those that were asked for."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import networkx as nx
import pytest

from stages.sequencing.novel_walks import novel_walks
from stages.sequencing.walks import Walks
from stages.sequencing.wanted_shapes import Shape
from synthtools_stream.quality.novelty import chain_marks
from synthtools_stream.toolgraph.tool_graph import Graph
from synthtools_stream.wording.similarity import overlap

SHAPES = [
    Shape(3, "chain"),
    Shape(5, "branch"),
    Shape(4, "join"),
    Shape(4, "chain"),
    Shape(6, "join"),
    Shape(5, "chain"),
]
LENGTHS = [shape.length for shape in SHAPES]


def sparse(seed: int, names: str = "abcdefghi") -> Graph:
    """Return a graph in which every tool feeds two others."""
    rng = random.Random(seed)
    graph: Graph = nx.DiGraph()
    for name in names:
        for fed in rng.sample([other for other in names if other != name], 2):
            graph.add_edge(name, fed, weight=1.0, kind="feeds", gives=name, takes=name)
    return graph


def drawn(oversample: int, seed: int, kept: list[list[str]] | None = None) -> list[list[str]]:
    """Draw walks of the shapes."""
    return novel_walks(Walks(sparse(seed), random.Random(seed)), SHAPES, oversample, kept or [])


def likeness(walks: list[list[str]]) -> float:
    """Return how alike the two most similar walks are."""
    return max(overlap(chain_marks(one), chain_marks(other)) for one, other in combinations(walks, 2))


def pairs(walks: list[list[str]]) -> int:
    """Return how many different pairs of tools follow each other."""
    return len({pair for walk in walks for pair in pairwise(walk)})


@pytest.mark.parametrize("oversample", [1, 2, 4])
def test_shapes_stay(oversample: int) -> None:
    """Each shape has its walk, in its place."""
    for seed in range(10):
        assert [len(walk) for walk in drawn(oversample, seed)] == LENGTHS


def test_walks_differ_more() -> None:
    """The more are drawn, the less alike are the two most similar that stay; and no pair of tools is lost by it."""
    few, many = ([drawn(oversample, seed) for seed in range(40)] for oversample in (1, 4))
    assert sum(map(likeness, many)) / 40 < sum(map(likeness, few)) / 40 - 0.05
    assert sum(map(pairs, many)) >= sum(map(pairs, few))


def test_openings_of_sequences_are_left_to_them() -> None:
    """A walk that begins like a sequence is hardly shown where others can be had."""
    held = {seed: [[*walk[:2], "x"] for walk in drawn(1, seed)] for seed in range(20)}
    again = {
        n: sum([*walk[:2], "x"] in kept for seed, kept in held.items() for walk in drawn(n, seed, kept)) for n in (1, 8)
    }
    assert again[1] > 60
    assert again[8] < again[1] / 5


def test_a_small_graph_gives_what_it_has() -> None:
    """Where there are fewer openings than shapes, every shape has a walk all the same."""
    for seed in range(5):
        walks = Walks(sparse(seed, "abc"), random.Random(seed))
        assert [len(walk) for walk in novel_walks(walks, SHAPES, 3, [])] == LENGTHS


def test_what_is_left_counts_as_never_drawn() -> None:
    """After a draw of many, tools are used as often as those that were shown use them."""
    walks = Walks(sparse(2), random.Random(2))
    shown = novel_walks(walks, SHAPES, 5, [])
    assert {name: walks._uses[name,] for name in "abcdefghi"} == {
        name: sum(walk.count(name) for walk in shown) for name in "abcdefghi"
    }
    assert walks._known.total() == walks._openings.total() == len(shown)


def test_same_seed_same_walks() -> None:
    """The draw is a function of its seed."""
    assert drawn(3, 1) == drawn(3, 1) != drawn(3, 2)
