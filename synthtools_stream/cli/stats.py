"""`stats`: what runs and corpora amount to; of two, what differs beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import exit_with
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.report.corpus_report import CorpusReport, Difference, differences, report_of
from synthtools_stream.report.figure_kinds import Count, Mean, Measure, Score, Share

__all__ = ["stats"]

_NAME = 44
"""Cells of a figure's name."""


@click.command()
@click.argument("paths", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a DIR, for machines.")
def stats(paths: tuple[Path, ...], as_json: bool) -> None:
    """Tell the figures of run directories or files of rows (DIR), a column each.

    Yields and reject reasons, audits, calls and tokens for a proven task role by role, lengths, where arguments come
    from, coverage, diversity, solved shares and difficulty, faults, the judge beside the code. Of exactly two, what
    differs beyond chance (three standard errors) is marked with an asterisk.
    """
    with exit_with():
        with told_phases() as phases, phases.phase("reading rows and logs", "directories", of=len(paths)) as phase:
            reports = [
                report_of(path, lambda what, done: notice(f"{counted(done, what)} read"))
                for path in phase.counting(paths)
            ]
        if as_json:
            for report in reports:
                say(orjson.dumps(report.to_json()).decode())
        else:
            _say_tables(reports)


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
    for report in reports:
        if report.bad_rows:
            notice(f"{report.name}: {counted(report.bad_rows, 'row')} could not be read, and are in no figure")


def _compared(reports: Sequence[CorpusReport]) -> list[Difference]:
    if len(reports) != 2:
        return []
    return [one for one in differences(*reports) if one.is_beyond_chance]


def _cell(figure: Measure | None) -> Text:
    match figure:
        case None:
            return Text("-")
        case Count():
            return Text(f"{figure.value:,}")
        case Share():
            low, high = figure.interval
            return Text(f"{figure.value:.1%} ({low:.0%}-{high:.0%})")
        case Mean():
            return Text(f"{figure.value:.2f} ±{(figure.interval[1] - figure.value):.2f}")
        case Score():
            return Text(f"{figure.value:,.2f}")
