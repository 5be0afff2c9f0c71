"""`stats`: what runs and corpora amount to; of two, what differs beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from synthtools_stream.assembly.graph_gallery import graph_gallery
from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import exit_with
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.export.corpora.contamination import read_benchmark
from synthtools_stream.report.corpus_report import CorpusReport, Difference, differences, report_of
from synthtools_stream.report.figure_kinds import Measure
from synthtools_stream.report.figure_text import figure_text
from synthtools_stream.report.page.stats_page import assert_page, stats_page
from synthtools_stream.storage.appendlog.whole_file import put_file

__all__ = ["stats"]

_NAME = 44
"""Cells of a figure's name."""


@click.command()
@click.argument("paths", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--against",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Tasks of a benchmark, which the requests should not repeat; several times for several.",
)
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page with tables, charts and tool graphs that needs nothing else.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a DIR, for machines.")
def stats(paths: tuple[Path, ...], against: tuple[Path, ...], page: Path | None, as_json: bool) -> None:
    """Tell the figures of run directories or files of rows (DIR), a column each.

    Yields and reject reasons, audits, calls and tokens for a proven task role by role, lengths, where arguments come
    from, complexity, coverage, diversity, solved shares and difficulty, faults, the judge beside the code. Of exactly
    two, what differs beyond chance (three standard errors) is marked with an asterisk.
    """
    with exit_with():
        if page is not None:
            assert_page(len(paths))
        with told_phases() as phases:
            benchmarks = [read_benchmark(path) for path in against]
            reports = [report_of(path, phases, benchmarks) for path in paths]
            if page is not None:
                with phases.phase("drawing the page"):
                    _write_page(page, paths, reports)
        if page is not None:
            (notice if as_json else say)(printable(f"{page}: written"))
        if as_json:
            for report in reports:
                say(orjson.dumps(report.to_json()).decode())
        elif page is None:
            _say_tables(reports)
        for report in reports:
            if report.bad_rows and not as_json:
                notice(f"{report.name}: {counted(report.bad_rows, 'row')} could not be read, and are in no figure")


def _write_page(page: Path, paths: Sequence[Path], reports: Sequence[CorpusReport]) -> None:
    galleries = [graph_gallery(path, report.worlds) for path, report in zip(paths, reports, strict=True)]
    put_file(page, stats_page(reports, galleries).encode())


def _say_tables(reports: Sequence[CorpusReport]) -> None:
    console = Console(highlight=False)
    beyond = {(one.section, one.name) for one in _compared(reports)}
    for title in dict.fromkeys(title for report in reports for title in report.sections):
        table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column("", max_width=_NAME)
        for report in reports:
            table.add_column(Text(printable(Path(report.name).name, 30)), justify="right")
        sections = [report.sections.get(title, {}) for report in reports]
        for name in dict.fromkeys(name for section in sections for name in section):
            cells = [_cell(section.get(name)) for section in sections]
            marked = " *" if (title, name) in beyond else ""
            table.add_row(Text(printable(name) + marked, style="bold" if marked else ""), *cells)
        with console.capture() as capture:
            console.print(table)
        say(capture.get().rstrip("\n"))
        say()


def _compared(reports: Sequence[CorpusReport]) -> list[Difference]:
    if len(reports) != 2:
        return []
    return [one for one in differences(*reports) if one.is_beyond_chance]


def _cell(figure: Measure | None) -> Text:
    said = figure_text(figure)
    bounds = said.spread if said.spread.startswith("±") else f"({said.spread})"
    return Text(f"{said.value} {bounds}" if said.spread else said.value)
