"""One page of all figures of some corpora: tables, charts, drawings of tool graphs, and what differs beyond chance.

Everything that stands in it as text is escaped; what is markup is made here: charts and drawings, whose text is escaped
where they are drawn. A policy in the page's head lets a browser load nothing and run nothing, only its own style sheet,
known by its digest.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import PurePath
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

from synthtools_stream.errors import UsageError
from synthtools_stream.report.corpus_report import CorpusReport, differences
from synthtools_stream.report.figure_text import FigureText, figure_text
from synthtools_stream.report.graph_picture import Gallery
from synthtools_stream.report.page.section_charts import ABOUT, charts_of
from synthtools_stream.report.page.vega_chart import MOST_SERIES, assert_charts, chart_svg

__all__ = ["assert_page", "stats_page"]

_KEY_FIGURES = (
    ("tasks", "tasks", "tasks"),
    ("tasks", "proven", "proven"),
    ("tools", "tools", "tools"),
    ("tools", "coded", "coded tools"),
    ("arguments", "not spoken literally", "arguments not spoken literally"),
    ("attempts", "attempts", "attempts"),
    ("attempts", "solved", "solved"),
    ("cost", "calls a proven task", "calls a proven task"),
)
"""Section and name of what stands at the head, and how it is called there."""


@dataclass(frozen=True)
class _Row:
    """One figure of a table."""

    name: str
    figures: Sequence[FigureText]
    differs: bool


class _Drawn(NamedTuple):
    """A chart, ready to stand in the page."""

    title: str
    svg: str
    shown: int
    left_out: int


@dataclass(frozen=True)
class _Section:
    """A section of the page."""

    title: str
    about: str
    charts: Sequence[_Drawn]
    rows: Sequence[_Row]


def assert_page(corpora: int) -> None:
    """Refuse to begin where a page of so many corpora cannot be made.

    :raises UsageError: where there are too many to tell apart, or the charts' library is not installed.
    """
    if corpora > MOST_SERIES:
        raise UsageError(f"a page shows {MOST_SERIES} runs or corpora side by side at most, not {corpora}")
    assert_charts()


def stats_page(reports: Sequence[CorpusReport], galleries: Sequence[Gallery]) -> str:
    """Return the page of some corpora; `galleries` are the drawings of each, in the same order.

    :raises UsageError: as `assert_page` says.
    """
    assert_page(len(reports))
    beyond = [one for one in differences(*reports) if one.is_beyond_chance] if len(reports) == 2 else []
    marked = {(one.section, one.name) for one in beyond}
    style = _part("stats.css")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    jinja = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return jinja.from_string(_part("stats.html.jinja")).render(
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        names=[PurePath(report.name).name or report.name for report in reports],
        reports=reports,
        key_figures=_key_figures(reports),
        compared=len(reports) == 2,
        sections=_sections(reports, marked),
        marked=[(one.section, _Row(one.name, [*map(figure_text, one.figures)], differs=True)) for one in beyond],
        galleries=galleries,
    )


def _part(name: str) -> str:
    return (files("synthtools_stream.report.page") / name).read_text(encoding="utf-8")


def _key_figures(reports: Sequence[CorpusReport]) -> list[tuple[str, list[FigureText]]]:
    found = [
        (said, [report.sections.get(section, {}).get(name) for report in reports])
        for section, name, said in _KEY_FIGURES
    ]
    return [(said, [figure_text(one) for one in figures]) for said, figures in found if any(figures)]


def _sections(reports: Sequence[CorpusReport], marked: set[tuple[str, str]]) -> list[_Section]:
    titles = dict.fromkeys(title for report in reports for title in report.sections)
    return [_section(title, reports, marked) for title in titles]


def _section(title: str, reports: Sequence[CorpusReport], marked: set[tuple[str, str]]) -> _Section:
    sections = [report.sections.get(title, {}) for report in reports]
    names = dict.fromkeys(name for section in sections for name in section)
    rows = [_Row(name, [figure_text(each.get(name)) for each in sections], (title, name) in marked) for name in names]
    charts = [_Drawn(one.title, chart_svg(one), one.shown, one.left_out) for one in charts_of(title, sections)]
    return _Section(title, ABOUT.get(title, ""), charts, rows)
