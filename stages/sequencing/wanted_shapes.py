"""Which shapes an environment's sequences are to have, so that all of a run's come near the distribution asked for.

Environments know nothing of each other, since order decides no content. Yet each can take its even part: it walks
through the distribution in equal strides from a start by chance (systematic sampling). So in each environment every
length and pattern comes as often as its share says, but for one, and over many just as often. Where shares of
difficulties are asked for, these are dealt so, and each one's lengths and patterns come by their weights.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple, TypeVar

from synthtools_stream.toolgraph.difficulty import Difficulty, difficulty_of
from synthtools_stream.toolgraph.task_links import Pattern

__all__ = ["Distribution", "Shape", "wanted_shapes"]

T = TypeVar("T")


class Shape(NamedTuple):
    """How a walk is to look."""

    length: int
    """Calls."""
    pattern: Pattern


class Distribution(NamedTuple):
    """What share of the sequences is to have which length and which pattern; shares are weights, their sum is free."""

    lengths: Mapping[int, float]
    patterns: Mapping[Pattern, float]
    difficulty: Mapping[Difficulty, float] = {}
    """Of lengths and patterns together; empty: as these come."""

    @property
    def shortest(self) -> int:
        """The least calls that a sequence may have."""
        return min(self.lengths)

    @property
    def longest(self) -> int:
        """The most calls that it may have."""
        return max(self.lengths)


def wanted_shapes(distribution: Distribution, count: int, rng: random.Random) -> list[Shape]:
    """Return `count` shapes; lengths and patterns are dealt apart and joined by chance, or dealt by difficulty."""
    if distribution.difficulty:
        return _dealt(_by_level(distribution), count, rng)
    lengths = _dealt(distribution.lengths, count, rng)
    patterns = _dealt(distribution.patterns, count, rng)
    return [Shape(length, pattern) for length, pattern in zip(lengths, patterns, strict=True)]


def _by_level(distribution: Distribution) -> dict[Shape, float]:
    """Return the share of each shape; those of a level lie side by side, so that levels are dealt evenly."""
    shares: dict[Shape, float] = {}
    for level, share in filter(itemgetter(1), distribution.difficulty.items()):
        within = {
            Shape(length, pattern): longs * often
            for length, longs in distribution.lengths.items()
            for pattern, often in distribution.patterns.items()
            if difficulty_of(length, pattern) == level
        }
        whole = sum(within.values())
        shares |= {shape: share * weight / whole for shape, weight in within.items()}
    return shares


def _dealt(weights: Mapping[T, float], count: int, rng: random.Random) -> list[T]:
    """Return `count` of the keys, each as often as its weight says but for one, in an order of chance."""
    values = list(weights)
    bounds = list(accumulate(weights.values()))
    stride = bounds[-1] / count
    start = rng.random() * stride
    marks = (start + index * stride for index in range(count))
    dealt = [next((v for v, bound in zip(values, bounds, strict=True) if mark < bound), values[-1]) for mark in marks]
    rng.shuffle(dealt)
    return dealt
