"""Wilson's bounds: known figures, and what holds of all of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.values.wilson import wilson_bounds


@pytest.mark.parametrize(
    ("hits", "trials", "z", "low", "high"),
    [(8, 10, 1.96, 0.4902, 0.9433), (0, 10, 1.96, 0.0, 0.2775), (10, 10, 1.645, 0.7870, 1.0), (0, 0, 1.96, 0.0, 1.0)],
)
def test_known_figures(hits: int, trials: int, z: float, low: float, high: float) -> None:
    """The bounds are those of the textbooks; of nothing tried, anything may be true."""
    assert list(wilson_bounds(hits, trials, z)) == pytest.approx([low, high], abs=1e-4)


@given(st.integers(1, 500), st.floats(0, 1), st.sampled_from([1.645, 1.96]))
def test_bounds_enclose_the_share(trials: int, share: float, z: float) -> None:
    """A share lies between its bounds, which lie within 0 and 1 and mirror those of its opposite."""
    low, high = wilson_bounds(share * trials, trials, z)
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    mirrored = wilson_bounds((1 - share) * trials, trials, z)
    assert math.isclose(1 - mirrored[1], low, abs_tol=1e-9)


@given(st.floats(0, 40), st.integers(0, 40))
def test_lower_bound_is_what_audits_were_decided_by(hits: float, trials: int) -> None:
    """To the last bit: a tool at the floor must not change sides."""
    hits, z = min(hits, trials), 1.645
    before = 0.0
    if trials:
        share = hits / trials
        spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
        before = max(0.0, (share + z * z / (2 * trials) - spread) / (1 + z * z / trials))
    assert wilson_bounds(hits, trials, z)[0] == before
