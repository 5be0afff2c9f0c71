"""Which figures make which chart."""

from __future__ import annotations

from synthtools_stream.report.figure_kinds import Count, Mean, Score, Section, Share
from synthtools_stream.report.page.section_charts import ABOUT, PLANS, charts_of


def test_every_plan_is_of_a_section_that_is_told_about() -> None:
    """No chart of what does not exist."""
    assert {plan.section for plan in PLANS} <= ABOUT.keys()


def test_columns_stand_in_order() -> None:
    """Lengths of several corpora, each where it has any, by number; what is no length is in no chart."""
    one: Section = {"tasks": Count(9), "of 10 calls": Share(1, 9), "of 9 calls": Share(8, 9)}
    other: Section = {"of 2 calls": Share(4, 4)}
    (chart,) = charts_of("tasks", [one, other])
    assert [(point.label, point.series, point.value) for point in chart.points] == [
        ("2", 1, 1.0),
        ("9", 0, 8 / 9),
        ("10", 0, 1 / 9),
    ]
    assert chart.are_shares
    assert (chart.points[0].low, chart.points[0].high) == Share(4, 4).interval


def test_one_value_is_no_chart() -> None:
    """The table tells it."""
    assert [*charts_of("tasks", [{"of 10 calls": Share(9, 9)}])] == []
    assert [*charts_of("nothing of ours", [{}])] == []


def test_many_bars() -> None:
    """The first are drawn, and how many are not is known; scores and means are no shares."""
    roles: Section = {f"role{at}: calls a proven task": Score(30 - at) for at in range(20)}
    (chart,) = charts_of("cost", [roles])
    assert (chart.shown, chart.left_out, chart.are_shares) == (16, 4, False)
    assert chart.points[0].low is None
    modes: Section = {"reliability": Mean.of([1]), "reliability, a": Mean.of([1, 2]), "reliability, b": Mean.of([2])}
    (chart,) = charts_of("tools", [modes])
    assert chart.points[0].low == Mean.of([1, 2]).interval[0]
    assert not chart.are_shares
