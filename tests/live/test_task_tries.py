"""Tries at tasks: pass@k, pass^k, and how sure a share is."""

from __future__ import annotations

import pytest

from synthtools_stream.live.task_tries import TaskTries, pass_all_k, pass_any_k


@pytest.mark.parametrize(
    ("solved", "attempts", "k", "some", "every"),
    [(0, 4, 2, 0.0, 0.0), (4, 4, 2, 1.0, 1.0), (2, 4, 1, 0.5, 0.5), (2, 4, 2, 5 / 6, 1 / 6), (1, 3, 3, 1.0, 0.0)],
)
def test_pass_at_k(solved: int, attempts: int, k: int, some: float, every: float) -> None:
    """pass@k and pass^k are the shares of draws of k attempts with one, and with only, solved ones."""
    assert pass_any_k(solved, attempts, k) == pytest.approx(some)
    assert pass_all_k(solved, attempts, k) == pytest.approx(every)


def test_interval_counts_tasks() -> None:
    """Ten attempts at one task make its share no surer than one does; nothing tried is nothing known."""
    one, ten = TaskTries({"a": [True]}), TaskTries({"a": [True] * 10})
    assert ten.interval(1.0) == one.interval(1.0)
    assert TaskTries().interval(0.0) == (0.0, 1.0)
    assert TaskTries().k == 0
