"""Vectors as text: what comes back is the same direction, and what is no vector is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.chat.vector_text import read_vectors, vectors_text

NUMBERS = st.floats(-1e6, 1e6).filter(lambda number: abs(number) > 1e-3)


@given(st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_directions_come_back(vectors: list[list[float]]) -> None:
    """Vectors come back at length 1, each pointing where it did, to a thousandth."""
    for vector, read in zip(vectors, read_vectors(vectors_text(vectors), len(vectors)), strict=True):
        assert math.hypot(*read) == pytest.approx(1, abs=2e-3)
        assert [value * math.hypot(*vector) for value in read] == pytest.approx(vector, abs=1e-3 * math.hypot(*vector))


@pytest.mark.parametrize("vector", [[0.0, 0.0], [], [math.nan, 1.0], [math.inf, 1.0]])
def test_no_direction_is_no_vector(vector: list[float]) -> None:
    """A vector of zeros, or of what is no number, cannot be compared with any."""
    with pytest.raises(ValueError, match="without a direction"):
        vectors_text([vector])


ONE = vectors_text([[1.0, 0.0]])


@pytest.mark.parametrize(
    ("text", "count"),
    [(ONE, 2), (f"{ONE}\n{ONE}", 1), (f"{ONE}\n{vectors_text([[1.0]])}", 2), ("hello!", 1), ("AAA=", 2)],
)
def test_other_texts_are_refused(text: str, count: int) -> None:
    """Too many, too few, of different sizes, or no vectors at all."""
    with pytest.raises(ValueError, match="vector"):
        read_vectors(text, count)
