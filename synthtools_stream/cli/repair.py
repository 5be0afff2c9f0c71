"""`repair`: set aside what is damaged in a run's logs, so that the run can go on."""

from __future__ import annotations

from pathlib import Path

import click

from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import exit_with
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.plain_text import printable
from synthtools_stream.storage.rundir.log_repair import QUARANTINE, RepairedLog, repair

__all__ = ["repair_run"]

SHOWN_LINES = 10
"""Numbers of damaged lines that are named for a log: they fit on one line of the screen."""


@click.command("repair")
@click.argument("directory", type=click.Path(path_type=Path))
def repair_run(directory: Path) -> None:
    """Set aside what is damaged in the logs of the run in DIRECTORY.

    Records that are intact by their checksum stay; the others go to quarantine.jsonl. Running the run's command again
    makes what was lost once more.
    """
    with exit_with():
        with told_phases() as phases:
            reports = repair(directory, phases)
        for report in reports:
            say(printable(_line(report)))
        if all(report.whole for report in reports):
            notice("nothing is damaged")
        else:
            notice(f"what is damaged lies in {directory / QUARANTINE}; the run's command makes again what was lost")


def _line(report: RepairedLog) -> str:
    if report.missing:
        return f"{report.path.name}: was missing and is begun anew; its replies are asked for again where needed"
    told = f"{report.path.name}: {report.kept:,} records kept"
    if report.whole:
        return f"{told}, whole"
    if not report.unpackable:
        told = f"{told} of what could be unpacked (the sealed file stays as {report.path.name}.zst.damaged)"
    lines = ", ".join(map(str, report.damaged_lines[:SHOWN_LINES])) or "none"
    more = " and more" if len(report.damaged_lines) > SHOWN_LINES else ""
    return f"{told}, {report.lost:,} lost; lines set aside: {lines}{more}"
