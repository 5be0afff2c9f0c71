"""Which figures of a section make a chart, and what the sections are about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from synthtools_stream.report.figure_kinds import Count, Measure, Rate, Score, Section, Share

__all__ = ["ABOUT", "PLANS", "Chart", "ChartPlan", "Form", "Point", "charts_of"]

Form: TypeAlias = Literal["columns", "bars", "line"]
"""Columns of something in an order, bars of what has names, a line over numbers."""

_MOST_BARS = 16
"""Bars of a chart: more are not read; the table has them all."""

ABOUT: Mapping[str, str] = {
    "tasks": "How long tasks are, what they call, and how much world they stand in.",
    "complexity": "What is passed on from step to step, how far, and how much of a world moves.",
    "arguments": "Where the arguments of ground-truth calls come from, by the provenance that was proven.",
    "coverage": "What of the worlds that were made is used.",
    "diversity": "How unlike each other the requests are. The curve says how many have an earlier one that shares at"
    " least so much of their character trigrams.",
    "contamination": "What requests have in common with the tasks of benchmarks: 13 words in a row, or nearly all of"
    " it.",
    "tools": "What the audit found: how tools are played, how reliable they are, how strongly programs were tried.",
    "attempts": "How agents fared. Rates are over tasks; what something other than the agent spoiled is in none.",
    "targets": "How far the tasks are from the distribution that was asked for.",
    "yields": "What became of the items of each stage, and why they were rejected.",
    "cost": "Calls and tokens for one proven task, role by role.",
}
"""One sentence a section."""


@dataclass(frozen=True)
class ChartPlan:
    """Figures whose names have a form make a chart; what a pattern's first group finds is a bar's label."""

    section: str
    title: str
    pattern: str
    form: Form = "bars"
    axis: str = ""
    """What the labels count."""


PLANS: Sequence[ChartPlan] = (
    ChartPlan("tasks", "Calls a task", r"of (\d+) calls", "columns", "calls"),
    ChartPlan("tasks", "Tools a task", r"of (\d+) tools", "columns", "different tools"),
    ChartPlan("tasks", "Variants", r"variant (.+)"),
    ChartPlan("complexity", "The longest chain", r"longest chain of (\d+)", "columns", "steps that feed each other"),
    ChartPlan("arguments", "Where arguments come from", r"from (\w+)"),
    ChartPlan("coverage", "How steps hang together", r"pattern (\w+)"),
    ChartPlan(
        "coverage", "What of the worlds is used", r"(made .+|planned .+|audited tools called|possible pairs used)"
    ),
    ChartPlan("diversity", "Near-duplicates", r"with an earlier one alike to ([\d.]+)", "line", "overlap"),
    ChartPlan("diversity", "Distinct n-grams", r"distinct-(\d)", "columns", "words in a row"),
    ChartPlan("contamination", "In common with benchmarks", r"(.+: (?:copied|near) requests)"),
    ChartPlan("tools", "Reliability by kind of probe", r"reliability, (.+)"),
    ChartPlan("tools", "Second readings", r"second reading (.+)"),
    ChartPlan("attempts", "Solved", r"(solved|pass[@^]\d+)"),
    ChartPlan("attempts", "Difficulty", r"(?:difficulty )?(solved by all|[\d.]+ to [\d.]+|solved by none)"),
    ChartPlan("attempts", "Solved, by length", r"solved, of (\d+) calls", "columns", "calls"),
    ChartPlan("attempts", "Solved, by variant", r"solved, variant (.+)"),
    ChartPlan("attempts", "How attempts end", r"((?:ended as|spoiled by) .+)"),
    ChartPlan("yields", "Yield of each stage", r"(\w+): done"),
    ChartPlan("yields", "Why items were rejected", r"rejected, (.+)"),
    ChartPlan("cost", "Calls a proven task", r"(.+): calls a proven task"),
    ChartPlan("cost", "Tokens a proven task", r"(.+): tokens a proven task"),
    ChartPlan("cost", "Money a proven task", r"(.+): (?!calls|tokens).+ a proven task"),
)
"""All charts, in the order of the page."""


class Point(NamedTuple):
    """One value of a chart."""

    series: int
    """Which corpus it is of, from 0."""
    label: str
    value: float
    low: float | None = None
    high: float | None = None
    """Where it lies, 95 %; None where nobody knows."""


@dataclass(frozen=True)
class Chart:
    """What is drawn."""

    title: str
    form: Form
    axis: str
    series: int
    """Corpora side by side."""
    are_shares: bool
    points: Sequence[Point]
    left_out: int = 0
    """Bars that are in the table alone."""

    @property
    def shown(self) -> int:
        """How many there are, whichever corpus they are of."""
        return len({point.label for point in self.points})


def charts_of(title: str, sections: Sequence[Section]) -> Iterator[Chart]:
    """Yield the charts of one section, of corpora side by side; none where there are fewer than two values."""
    for plan in PLANS:
        if plan.section == title and (chart := _chart(plan, sections)):
            yield chart


def _chart(plan: ChartPlan, sections: Sequence[Section]) -> Chart | None:
    found = [
        (series, label[1], figure)
        for series, section in enumerate(sections)
        for name, figure in section.items()
        if (label := re.fullmatch(plan.pattern, name))
    ]
    labels = list(dict.fromkeys(label for _, label, _ in found))
    if len(labels) < 2:
        return None
    if plan.form == "columns" and all(label.isdigit() for label in labels):
        labels.sort(key=int)
    shown = labels[:_MOST_BARS] if plan.form == "bars" else labels
    shares = all(isinstance(figure, Share | Rate) for _, _, figure in found)
    points = [_point(series, label, figure) for label in shown for series, said, figure in found if said == label]
    return Chart(plan.title, plan.form, plan.axis, len(sections), shares, points, len(labels) - len(shown))


def _point(series: int, label: str, figure: Measure) -> Point:
    low, high = (None, None) if isinstance(figure, Count | Score) else figure.interval
    return Point(series, label, figure.value, low, high)
