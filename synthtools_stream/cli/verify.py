"""`verify`: recheck every task of a dataset, without any model."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import orjson

from synthtools_stream.cli.console import say
from synthtools_stream.cli.exit_codes import DONE, NOTHING, exit_with
from synthtools_stream.cli.phase_lines import told_phases
from synthtools_stream.cli.plain_text import counted, printable
from synthtools_stream.errors import UsageError
from synthtools_stream.programs.sandbox import SandboxMissing, open_sandbox
from synthtools_stream.proof.openenv_report import openenv_report
from synthtools_stream.proof.verify_report import VerifyReport, verify_by_execution, verify_file
from synthtools_stream.storage.datasets.dataset_reader import assert_readable

__all__ = ["verify"]

SHOWN = 20
"""Failing rows that are named on the screen: they fit on it; `--json` lists them all."""


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object for machines.")
@click.option(
    "--execute/--no-execute", default=True, help="Let the programs of coded tools make every call again (default)."
)
@click.option(
    "--report",
    "form",
    type=click.Choice(["openenv"]),
    help="Print a report in another form: the semantic checks of OpenEnv's RFC 008, as JSON.",
)
@click.option("--strict", is_flag=True, help="Stop where lines share an id, and at the first row that cannot be read.")
def verify(path: Path, as_json: bool, execute: bool, form: str | None, strict: bool) -> None:
    """Recheck the tasks in PATH (a file, or a run directory): states replay, certificates hold, arguments are grounded.

    Tools that are code make every ground-truth call again, in a sandbox, and must come to the same. Where a tools.jsonl
    lies beside the tasks, their tools and programs must be the audited ones.

    Exits with 1 when a row fails. Rows without a certificate are counted as unproven, and those that were
    brought (see certify) apart from ours.
    """
    with exit_with():
        if as_json and form is not None:
            raise UsageError("--json and --report are two forms of the same: give one of them")
        began = time.perf_counter()
        file = path / "task_content.jsonl" if path.is_dir() else path
        assert_readable(file)
        with told_phases() as phases, phases.phase(f"verifying {file}", "rows") as phase:
            read = phase.step
            checked = _executing(file, read, strict) if execute else None
            report = asyncio.run(checked) if checked else verify_file(file, strict=strict, read=read)
        told = None if form is None else openenv_report(file, report, time.perf_counter() - began)
    if told is not None or as_json:
        say(orjson.dumps(report.to_json() if told is None else told).decode())
    else:
        _say(path, report)
    sys.exit(NOTHING if report.failed else DONE)


async def _executing(file: Path, read: Callable[[], None], strict: bool) -> VerifyReport:
    try:
        async with open_sandbox() as sandbox:
            return await verify_by_execution(file, sandbox, strict=strict, read=read)
    except SandboxMissing as missing:
        raise SandboxMissing(f"{missing}; --no-execute verifies without them") from missing


def _say(path: Path, report: VerifyReport) -> None:
    for failure in report.failed[:SHOWN]:
        name = f"{failure.id}: " if failure.id else ""
        say(printable(f"{path}:{failure.line}: {name}{'; '.join(failure.reasons)}"))
    if len(report.failed) > SHOWN:
        say(f"… and {len(report.failed) - SHOWN} more; --json lists them all")
    if report.older:
        say(f"certificates of version 1, which claim less than today's: {report.older:,}")
    if report.shared.lines:
        say(printable(f"{path}: {report.shared}"))
    checked = counted(report.checked, "row")
    proven = f"{report.proven} proven"
    if report.brought:
        proven += f", {report.brought} proven (brought)" + (f", {report.executed} executed" if report.executed else "")
    elif report.executed:
        proven += f" ({report.executed} executed)"
    say(f"{checked}: {proven}, {report.unproven} unproven, {len(report.failed)} failed")
