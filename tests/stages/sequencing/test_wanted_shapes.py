"""Shapes of an environment's sequences: each in its share, whatever the environment."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.sequencing.wanted_shapes import Distribution, wanted_shapes
from synthtools_stream.toolgraph.difficulty import difficulty_of

ASKED = Distribution({3: 1.0, 5: 3.0}, {"chain": 0.2, "join": 0.8})


@given(seed=st.integers(0, 10_000), count=st.integers(1, 30))
def test_each_comes_as_often_as_its_share_but_for_one(seed: int, count: int) -> None:
    """In every environment no length and no pattern is more than one away from its share."""
    shapes = wanted_shapes(ASKED, count, random.Random(seed))
    assert len(shapes) == count
    lengths = Counter(shape.length for shape in shapes)
    patterns = Counter(shape.pattern for shape in shapes)
    assert abs(lengths[5] - 0.75 * count) < 1
    assert abs(patterns["join"] - 0.8 * count) < 1
    assert {*lengths} <= {3, 5}
    assert {*patterns} <= {"chain", "join"}


def test_many_environments_come_near_the_target() -> None:
    """Also where each has one sequence only, all together have the shares that were asked for."""
    shapes = [shape for seed in range(2000) for shape in wanted_shapes(ASKED, 1, random.Random(seed))]
    assert sum(shape.length == 5 for shape in shapes) / len(shapes) == pytest.approx(0.75, abs=0.03)
    both = sum(shape == (5, "join") for shape in shapes) / len(shapes)
    assert both == pytest.approx(0.6, abs=0.03)


def test_bounds_are_those_of_the_lengths() -> None:
    """What a sequence may have at least and at most follows from what is asked for."""
    assert (ASKED.shortest, ASKED.longest) == (3, 5)


@given(seed=st.integers(0, 10_000), count=st.integers(1, 30))
def test_difficulties_come_in_their_shares(seed: int, count: int) -> None:
    """In every environment no level is more than one away from its share; only what is asked for comes."""
    asked = Distribution(
        {3: 1.0, 4: 1.0, 6: 1.0}, {"chain": 2.0, "join": 1.0}, {"easy": 1.0, "medium": 0.0, "hard": 3.0}
    )
    shapes = wanted_shapes(asked, count, random.Random(seed))
    levels = Counter(difficulty_of(shape.length, shape.pattern) for shape in shapes)
    assert abs(levels["hard"] - 0.75 * count) < 1
    assert levels["medium"] == 0
    assert {shape for shape in shapes if difficulty_of(*shape) == "easy"} <= {(3, "chain")}


def test_weights_hold_within_a_level() -> None:
    """Of the shapes of a level those come more often whose length and pattern do."""
    asked = Distribution({6: 1.0, 7: 3.0}, {"chain": 1.0}, {"hard": 1.0})
    lengths = Counter(shape.length for shape in wanted_shapes(asked, 400, random.Random(0)))
    assert lengths == {6: 100, 7: 300}
