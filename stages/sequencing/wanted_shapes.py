"""Which shapes an environment's sequences are to have, so that all of a run's come near the distribution asked for.

Environments know nothing of each other, since order decides no content. Yet each can take its even part: it walks
through the distribution in equal strides from a start by chance (systematic sampling). So in each environment every
length and pattern comes as often as its share says, but for one, and over many just as often.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple, TypeVar

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

    @property
    def shortest(self) -> int:
        """The least calls that a sequence may have."""
        return min(self.lengths)

    @property
    def longest(self) -> int:
        """The most calls that it may have."""
        return max(self.lengths)


def wanted_shapes(distribution: Distribution, count: int, rng: random.Random) -> list[Shape]:
    """Return `count` shapes; lengths and patterns are dealt apart, and joined by chance."""
    lengths = _dealt(distribution.lengths, count, rng)
    patterns = _dealt(distribution.patterns, count, rng)
    return [Shape(length, pattern) for length, pattern in zip(lengths, patterns, strict=True)]


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
