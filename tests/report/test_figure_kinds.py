"""Shares and means, their intervals, and when two differ."""

from __future__ import annotations

import math

import pytest

from synthtools_stream.report.figure_kinds import Count, Mean, Rate, Score, Share, differ


def test_mean_and_its_error() -> None:
    """As the textbook has it, in any order and in parts."""
    whole = Mean.of([2, 4, 4, 4, 5, 5, 7, 9])
    assert whole.value == 5
    assert whole.error == pytest.approx(math.sqrt(32 / 7 / 8))
    assert sum([Mean.of([9, 2, 4]), Mean.of([4, 4, 5, 5, 7])], Mean()) == whole
    assert Mean().value == Mean().error == Mean.of([3]).error == 0


def test_share_of_nothing() -> None:
    """It is 0, and could be anything."""
    assert Share(0, 0).value == 0
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(3, 4).to_json() == {"share": 0.75, "interval": [0.3006, 0.9544], "hits": 3, "of": 4}


def test_rate() -> None:
    """Its interval is that of a share of as many things, at any value."""
    assert Rate(0.75, 4).interval == Share(3, 4).interval
    assert Rate(0.75, 4).to_json() == {"rate": 0.75, "interval": [0.3006, 0.9544], "of": 4}
    assert Rate(0.0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize(
    ("one", "other", "beyond"),
    [
        (Share(50, 100), Share(55, 100), False),
        (Share(500, 1000), Share(600, 1000), True),
        (Share(0, 10), Share(0, 10), False),
        (Share(0, 0), Share(9, 9), False),
        (Mean.of([1, 2, 3] * 30), Mean.of([2, 3, 4] * 30), True),
        (Mean.of([1, 2, 3]), Mean.of([2, 3, 4]), False),
        (Mean.of([1]), Mean.of([9]), False),
        (Mean.of([4] * 9), Mean.of([4] * 9), False),
        (Rate(0.5, 100), Rate(0.55, 100), False),
        (Rate(0.5, 1000), Rate(0.6, 1000), True),
        (Rate(0.5, 0), Rate(0.6, 9), False),
        (Count(1), Count(999), False),
        (Score(0.1), Score(0.9), False),
        (Share(1, 2), Score(0.9), False),
    ],
)
def test_difference_beyond_chance(one: Share, other: Share, beyond: bool) -> None:
    """Three standard errors; of counts and values nobody can tell."""
    assert differ(one, other) is beyond
    assert differ(other, one) is beyond
