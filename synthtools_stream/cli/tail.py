"""`tail`: what a run is doing, line by line; pleasant to watch, on a live, a dead or a finished run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from synthtools_stream.cli.display import heartbeat_line
from synthtools_stream.cli.exits import exit_with, notice
from synthtools_stream.cli.plain import printable
from synthtools_stream.journal import JOURNAL_FORMAT, JOURNAL_NAME, Outcome, OutcomeKind
from synthtools_stream.jsontypes import JsonObject
from synthtools_stream.logreader import LogReader
from synthtools_stream.standing import last_snapshot, run_state

__all__ = ["tail"]

EVERY_S = 0.5
LAST = 10
MARKS = {OutcomeKind.DONE: "+", OutcomeKind.REJECTED: "-", OutcomeKind.FAILED: "!"}


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--follow", "-f", is_flag=True, help="Go on until the run ends.")
@click.option(
    "--lines", "-n", type=click.IntRange(min=0), default=LAST, show_default=True, help="Outcomes to begin with."
)
def tail(directory: Path, follow: bool, lines: int) -> None:
    """Show the latest outcomes of the run in DIRECTORY, and with --follow everything that comes."""
    with exit_with():
        state = run_state(directory)
        if not (directory / JOURNAL_NAME).exists():
            notice(f"{directory}: nothing has happened yet")
            return
        reader = LogReader(directory / JOURNAL_NAME, JOURNAL_FORMAT)
        for outcome in _latest(reader, lines):
            print(_line(outcome))
        _say_progress(directory)
        if follow and state == "running":
            _follow(directory, reader)
        notice(f"the run is {run_state(directory)}")


def _latest(reader: LogReader, count: int) -> list[Outcome]:
    payloads: list[bytes] = []
    for record in reader:
        payloads.append(record.payload)
        del payloads[:-count]
    return [Outcome.decode(payload) for payload in payloads] if count else []


def _follow(directory: Path, reader: LogReader) -> None:
    shown = None
    try:
        while True:
            alive = run_state(directory) == "running"
            for outcome in _new(reader):
                print(_line(outcome), flush=True)
            snapshot = last_snapshot(directory)
            if snapshot and snapshot.get("at") != shown:
                shown = snapshot.get("at")
                print(heartbeat_line(snapshot), flush=True)
            if not alive:
                return
            time.sleep(EVERY_S)
    except KeyboardInterrupt:
        return


def _new(reader: LogReader) -> Iterator[Outcome]:
    for record in reader:
        yield Outcome.decode(record.payload)


def _say_progress(directory: Path) -> None:
    snapshot = last_snapshot(directory)
    if snapshot:
        print(heartbeat_line(snapshot), flush=True)


def _line(outcome: Outcome) -> str:
    """Return `+ auditing  maritime_shipping_spec_000.GetBooking  reliability 1.0`."""
    told = f"{outcome.reason}: {outcome.detail}" if outcome.reason else _gist(outcome.outputs)
    return printable(f"{MARKS[outcome.kind]} {outcome.stage:<21} {outcome.item}  {told}", limit=160)


def _gist(outputs: list[JsonObject]) -> str:
    """Return what is worth knowing of an item's outputs, in a few words."""
    if len(outputs) != 1:
        return f"{len(outputs)} outputs"
    row = outputs[0]
    for key in ("summary", "scenario", "subfield", "tool_description"):
        if isinstance(text := row.get(key), str) and text:
            return text
    if "reliability" in row:
        return f"reliability {row['reliability']}"
    verdict = row.get("verdict")
    if isinstance(verdict, dict):
        return orjson.dumps(verdict.get("kind")).decode().strip('"')
    steps = row.get("gt_tool_calls")
    return f"{len(steps)} calls" if isinstance(steps, list) else ""
