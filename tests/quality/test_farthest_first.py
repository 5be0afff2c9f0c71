"""Greedy max-min: the same choice as comparing all with all, without doing so."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.quality.farthest_first import farthest_first


def plainly(points: Sequence[int], count: int, before: Sequence[int]) -> list[int]:
    """Choose as the definition says it."""
    kept, chosen = [*before], list[int]()
    while len(chosen) < min(count, len(points) - len(before)):
        open_ones = [place for place in range(len(points)) if place not in kept]
        best = min(open_ones, key=lambda place: max((near(points, place, other) for other in kept), default=0.0))
        kept.append(best)
        chosen.append(best)
    return chosen


def near(points: Sequence[int], one: int, other: int) -> float:
    """Return how near two points of a line are."""
    return 1 / (1 + abs(points[one] - points[other]))


@given(st.lists(st.integers(0, 30), max_size=25), st.integers(0, 25), st.sets(st.integers(0, 24), max_size=3))
def test_agrees_with_the_definition(points: list[int], count: int, before: set[int]) -> None:
    """Place by place, ties included."""
    held = [place for place in sorted(before) if place < len(points)]
    found = farthest_first(len(points), count, lambda one, other: near(points, one, other), before=held)
    assert found == plainly(points, count, held)


def test_few_are_compared() -> None:
    """Of many, most are not compared with all that are kept, even on a line, where all are each other's neighbours."""
    rng = random.Random(3)
    points = [rng.randrange(1_000_000) for _ in range(2000)]
    calls = 0

    def alike(one: int, other: int) -> float:
        nonlocal calls
        calls += 1
        return near(points, one, other)

    assert len(farthest_first(len(points), 200, alike)) == 200
    assert calls < 0.5 * 200 * 2000


def test_groups_are_bounded() -> None:
    """A group that is full stays so, and one without a bound is never full."""
    points = [0, 100, 50, 25, 75]
    groups = ["ends", "ends", "middle", "middle", "middle"]
    found = farthest_first(
        5, 5, lambda one, other: near(points, one, other), lambda place: [groups[place], "any"], {"middle": 1}
    )
    assert found == [0, 1, 2]
