"""A whole number in parts, as near to their weights as whole ones come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.values.whole_parts import whole_parts


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=20).filter(any), st.integers(0, 500))
def test_parts_make_the_whole(weights: list[float], total: int) -> None:
    """Each is its exact share rounded up or down."""
    parts = whole_parts(weights, total)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - weight / sum(weights) * total) < 1 + 1e-6


def test_largest_remainders_are_rounded_up() -> None:
    """Of equal ones the earlier."""
    assert whole_parts([5, 1], 8) == [7, 1]
    assert whole_parts([1, 1, 1], 8) == [3, 3, 2]
    assert whole_parts([0, 1], 3) == [0, 3]


def test_no_weight_at_all() -> None:
    """It is nobody's share."""
    with pytest.raises(ZeroDivisionError):
        whole_parts([0.0], 1)
