"""`import`: rows of tasks out of other people's files."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import click
import orjson

from synthtools_stream.cli.console import notice, say
from synthtools_stream.cli.exit_codes import DONE, NOTHING, exit_with
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.errors import UsageError
from synthtools_stream.intake.file_import import ImportReport, import_rows
from synthtools_stream.intake.format_table import FORMATS
from synthtools_stream.intake.row_format import Beside
from synthtools_stream.intake.tool_file import read_tools
from synthtools_stream.storage.datasets.replaced_file import replaced_file
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["import_file"]

_SHOWN = 10
"""Reasons that the sum shows, the most frequent first."""


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--from", "name", metavar="FORMAT", required=True, help=f"One of {', '.join(FORMATS)}.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the rows here (.jsonl); else they go to stdout.")
@click.option("--tools", type=click.Path(path_type=Path), help="A file of tools, for rows that hold none (tau2).")
@click.option("--answers", type=click.Path(path_type=Path), help="bfcl: the ground truths (else possible_answer/FILE).")
@click.option("--strict", is_flag=True, help="Stop at the first row that is not imported.")
def import_file(
    path: Path, name: str, out: Path | None, tools: Path | None, answers: Path | None, strict: bool
) -> None:
    """Make rows of tasks of the rows in FILE (.jsonl, .json, .parquet), as far as they hold them.

    \b
    openai     messages and tools: fine-tuning files, TRL, ms-swift
    sharegpt   conversations of from and value: LLaMA-Factory, hermes, glaive
    xlam       Salesforce/xlam-function-calling-60k: query, tools, answers
    toucan     Agent-Ark/Toucan-1.5M: question, target_tools, messages
    apigen-mt  Salesforce/APIGen-MT-5k: conversations, tools, system
    bfcl       questions, with possible_answer/ and multi_turn_func_doc/ beside
    tau2       tasks.json; its tools are code, so name a file of them

    What they do not hold stays absent (states, mostly). Rows that tell no task, for want of a call say, are named by
    line and counted. Exits with 1 when no row was imported. See docs/formats.md.
    """
    report = ImportReport()
    with exit_with():
        beside = Beside(path, answers, read_tools(tools) if tools is not None else ())
        if answers is not None and name != "bfcl":
            raise UsageError("--answers is for --from bfcl: other rows hold their own")
        rows = import_rows(name, beside, report, lambda error: notice(str(error)), strict=strict)
        with told_phases() as phases, phases.phase(f"importing {path}", "rows") as phase:
            first = next(rows, None)
            if first is not None:  # no file is left where there is nothing to stand in it
                _write(path, out, phase.counting(chain([first], rows)))
    _say_sum(out, report)
    sys.exit(DONE if report.imported else NOTHING)


def _write(path: Path, out: Path | None, rows: Iterable[JsonObject]) -> None:
    if out is None:
        for row in rows:  # in UTF-8, whatever the terminal takes
            sys.stdout.buffer.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()
        return
    with replaced_file(path, out) as write:
        for row in rows:
            write(row)


def _say_sum(out: Path | None, report: ImportReport) -> None:
    """Say what became of the rows; where these go to stdout, it does not."""
    speak = notice if out is None else _say_plain
    left_out = report.left_out.total()
    rows = counted(report.imported + left_out, "row")
    written = f"; written to {out}" if out is not None and report.imported else ""
    renamed = f" ({report.renamed:,} with an id of their line)" if report.renamed else ""
    speak(f"{rows}: {report.imported:,} imported{renamed}, {left_out:,} not{written}")
    for reason, count in report.left_out.most_common(_SHOWN):
        speak(f"{count:>9,}  {reason}")
    if len(report.left_out) > _SHOWN:
        speak(f"           and {len(report.left_out) - _SHOWN} more reasons")


def _say_plain(line: str) -> None:
    say(printable(line))
