"""`certify`: prove tasks that somebody brings, without any model."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click
import orjson

from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import DONE, NOTHING, exit_with
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.brought_rows.file_certification import CertifyReport, RowReport, certify_file
from synthtools_stream.proof.brought_rows.row_certification import Standing
from synthtools_stream.storage.datasets.dataset_reader import assert_readable
from synthtools_stream.values.phases import Phase

__all__ = ["certify"]

_SHOWN = 3
"""Reasons of one row that are shown: enough to mend what else there is goes with; `--json` has them all."""


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the rows here, certificates and all (.jsonl).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row, for machines.")
@click.option("--strict", is_flag=True, help="Stop where lines share an id, and at the first row that cannot be read.")
def certify(path: Path, out: Path | None, as_json: bool, strict: bool) -> None:
    """Prove the tasks in FILE that have no certificate yet, as far as they can be proven, by code alone.

    A row gets a certificate where all parts of the proof hold; of every other row it is said what holds and what does
    not. It needs the seven columns, steps (turn, response, changes) and meta.entity_types; where arguments come from is
    searched for. See docs/formats.md. `--out` has all rows that can be read, in their order.

    Exits with 1 when a row has no certificate then.
    """
    with exit_with():
        assert_readable(path)
        with told_phases() as phases, phases.phase(f"certifying {path}", "rows") as phase:
            report = asyncio.run(_certified(path, out, as_json, strict, phase))
    if report.shared.lines:
        notice(f"{path}: {report.shared}")
    if not as_json:
        _say_sum(out, report)
    sys.exit(NOTHING if report.lacking else DONE)


async def _certified(path: Path, out: Path | None, as_json: bool, strict: bool, phase: Phase) -> CertifyReport:
    def show(row: RowReport) -> None:
        phase.step()
        say(orjson.dumps(row.to_json()).decode() if as_json else printable(f"{path}:{row.line}: {_line(row)}"))

    async with open_sandbox() as sandbox:
        return await certify_file(path, sandbox, out, show, strict=strict)


def _line(row: RowReport) -> str:
    name = f"{row.id}: " if row.id else ""
    match row.standing:
        case Standing.certified:
            claims = row.certificate
            steps = ", ".join(map(str, claims.exempt)) if claims is not None else ""
            return f"{name}certified" + (f"; declared as required: steps {steps}" if steps else "")
        case Standing.kept:
            return f"{name}has a certificate already, and stays as it is"
        case Standing.unread:
            return f"{name}not read: {'; '.join(row.reasons)}"
        case Standing.uncertified:
            more = f"; and {len(row.reasons) - _SHOWN} more (--json)" if len(row.reasons) > _SHOWN else ""
            holds = f" ({', '.join(row.holds)} hold)" if row.holds else ""
            return f"{name}no certificate{holds}: {'; '.join(row.reasons[:_SHOWN])}{more}"


def _say_sum(out: Path | None, report: CertifyReport) -> None:
    rows = counted(report.counted.total(), "row")
    became = ", ".join(f"{report.counted[standing]} {standing}" for standing in Standing)
    say(printable(f"{rows}: {became}" + ("" if out is None else f"; written to {out}")))
