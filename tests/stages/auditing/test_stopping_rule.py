"""When an audit has tried enough: the sequential test and the bound, at their known values."""

from __future__ import annotations

import pytest

from stages.auditing.stopping_rule import ACCEPT, REJECT, evidence, wilson_lower_bound


@pytest.mark.parametrize(
    ("successes", "trials", "bound"),
    [(0, 0, 0.0), (0, 2, 0.0), (1, 1, 0.2698), (2, 2, 0.4250), (1, 2, 0.1209), (3, 4, 0.3561), (4, 4, 0.5965)],
)
def test_wilson_lower_bound(successes: int, trials: int, bound: float) -> None:
    """The lower end of the one-sided 95 % Wilson interval has its known values."""
    assert wilson_lower_bound(successes, trials) == pytest.approx(bound, abs=1e-4)


def test_wilson_two_sided() -> None:
    """With z = 1.96 the textbook value for 8 of 10 comes out."""
    assert wilson_lower_bound(8, 10, 1.96) == pytest.approx(0.4902, abs=1e-4)


def test_eight_right_ones_decide() -> None:
    """Eight right answers in a row find a tool sound, two wrong ones defective; one fewer of either does not."""
    assert evidence(0, 8) <= ACCEPT < evidence(0, 7)
    assert evidence(2, 0) >= REJECT > evidence(1, 0)
    assert evidence(0, 0) == 0
