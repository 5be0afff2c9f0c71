"""Spending is measured: against the least number of whole environments, and with nothing sent once enough is there."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.bench.budget import AIM, Cost, UsualCost, main
from synthtools_stream.values.json_pointers import resolve


@pytest.mark.parametrize(("tasks", "whole", "shares"), [(1, 110.0, 35.0), (4, 140.0, 140.0), (5, 250.0, 175.0)])
def test_usual_cost(tasks: int, whole: float, shares: float) -> None:
    """Environments are whole, so that one task costs a whole one; by shares it costs the same however few there are."""
    usual = UsualCost(environment=Cost(100, 1000), task=Cost(10, 100), tasks_each=4.0)
    assert usual.of_whole_environments(tasks) == Cost(whole, 10 * whole)
    assert usual.of_shares(tasks) == Cost(shares, 10 * shares)


def test_budget_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is asked for a few tasks releases just these, near their usual cost, and none when asked again."""
    small = ("--tasks", "3", "--concurrency", "128", "--environments", "3", "--decode-tps", "20000")
    assert main([*small, "--json"]) == 0
    figures = orjson.loads(capsys.readouterr().out)
    assert resolve(figures, "/runs/0/released") == 3
    assert resolve(figures, "/runs/0/requests_when_met") == 0
    ratio = resolve(figures, "/runs/0/ratio/requests")
    assert isinstance(ratio, float)
    assert 0.5 < ratio <= AIM
