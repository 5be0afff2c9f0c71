"""How attempts add up: pass@k, pass^k, and what is never pooled."""

from __future__ import annotations

import pytest

from synthtools_stream.live.pass_rates import PassRates, pass_all_k, pass_any_k
from synthtools_stream.records import VerdictKind
from tests.live.attempts import trajectory

SOLVED, UNSOLVED, UNPROVEN = VerdictKind.solved, VerdictKind.unsolved, VerdictKind.unproven


@pytest.mark.parametrize(
    ("solved", "attempts", "k", "some", "every"),
    [(0, 4, 2, 0.0, 0.0), (4, 4, 2, 1.0, 1.0), (2, 4, 1, 0.5, 0.5), (2, 4, 2, 5 / 6, 1 / 6), (1, 3, 3, 1.0, 0.0)],
)
def test_pass_at_k(solved: int, attempts: int, k: int, some: float, every: float) -> None:
    """pass@k and pass^k are the shares of draws of k attempts with one, and with only, solved ones."""
    assert pass_any_k(solved, attempts, k) == pytest.approx(some)
    assert pass_all_k(solved, attempts, k) == pytest.approx(every)


def test_unproven_apart() -> None:
    """Unproven attempts are counted by the judge's word and never among the proven."""
    rates = PassRates.of(
        [
            trajectory("a", 0, SOLVED, True),
            trajectory("a", 1, UNSOLVED, True),
            trajectory("b", 0, UNPROVEN, True),
            trajectory("b", 1, UNPROVEN),
        ]
    )
    assert rates.proven == {"a": [True, False]}
    assert (rates.unproven, rates.judged_solved, rates.judged, rates.disagreements) == (2, 1, 2, 1)
    assert (rates.tried, rates.solved, rates.k) == (2, 1, 2)


def test_spoiled_attempts_are_in_no_rate() -> None:
    """Whoever spoiled them, they are told apart, and pass@k counts the others alone."""
    spoiled = trajectory("a", 2, UNSOLVED).model_copy(update={"fault": "tape"})
    rates = PassRates.of([trajectory("a", 0, SOLVED), trajectory("a", 1, UNSOLVED), spoiled])
    assert (rates.tried, rates.k, rates.faults) == (2, 2, {"tape": 1})
    assert (rates.pass_any(2), rates.pass_all(2)) == (1.0, 0.0)


def test_interval_counts_tasks() -> None:
    """Ten attempts at one task make its share no surer than one does; nothing tried is nothing known."""
    one = PassRates.of([trajectory("a", 0, SOLVED)])
    ten = PassRates.of(trajectory("a", number, SOLVED) for number in range(10))
    assert ten.interval(1.0) == one.interval(1.0)
    assert PassRates().interval(0.0) == (0.0, 1.0)
    assert PassRates().k == 0
