"""`tail`: what a run is doing, line by line; pleasant to watch, on a live, a dead or a finished run."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from synthtools_stream.cli.display import heartbeat_line
from synthtools_stream.cli.exits import exit_with
from synthtools_stream.cli.plain import printable
from synthtools_stream.cli.saying import notice
from synthtools_stream.jsontypes import JsonObject, object_at
from synthtools_stream.journal import JOURNAL_FORMAT, JOURNAL_NAME, Outcome, OutcomeKind
from synthtools_stream.logreader import LogReader
from synthtools_stream.rundir import RUN_FILE
from synthtools_stream.runlock import is_held
from synthtools_stream.standing import last_snapshot, run_state

__all__ = ["tail"]

EVERY_S = 0.5
LAST = 10
WIDTH = 160
MARKS = {OutcomeKind.DONE: ("+", "green"), OutcomeKind.REJECTED: ("-", "yellow"), OutcomeKind.FAILED: ("!", "red")}


@click.command(short_help="Show what a run did last, or does.")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--follow", "-f", is_flag=True, help="Go on until the run ends.")
@click.option(
    "--lines", "-n", type=click.IntRange(min=0), default=LAST, show_default=True, help="Outcomes to begin with."
)
def tail(directory: Path, follow: bool, lines: int) -> None:
    """Show the latest outcomes of the run in DIRECTORY, and with --follow everything that comes.

    A line begins with + for done, - for rejected, ! for failed (tried again by the next run).
    """
    with exit_with():
        try:
            _watch(directory, follow, lines)
        except KeyboardInterrupt:
            pass
        notice(f"the run is {run_state(directory)}")


def _watch(directory: Path, follow: bool, lines: int) -> None:
    journal = directory / JOURNAL_NAME
    while follow and is_held(directory) and not ((directory / RUN_FILE).exists() and journal.exists()):
        time.sleep(EVERY_S)
    state = run_state(directory)
    if not journal.exists():
        click.echo("nothing has happened yet")
        return
    reader = LogReader(journal, JOURNAL_FORMAT)
    for outcome in _latest(reader, lines):
        _show(outcome)
    if follow and state == "running":
        _follow(directory, reader)
    _show_progress(last_snapshot(directory), run_state(directory))


def _latest(reader: LogReader, count: int) -> list[Outcome]:
    return [Outcome.decode(payload) for payload in deque((record.payload for record in reader), maxlen=count)]


def _follow(directory: Path, reader: LogReader) -> None:
    """Show what comes until nobody holds the run any more."""
    shown = None
    while True:
        # Asked before the journal is read: what a run writes last is then shown, too.
        alive = run_state(directory) == "running"
        for outcome in _new(reader):
            _show(outcome)
        if not alive:
            return
        snapshot = last_snapshot(directory)
        if snapshot and snapshot.get("at") != shown:
            shown = snapshot.get("at")
            _show_progress(snapshot, "running")
        time.sleep(EVERY_S)


def _new(reader: LogReader) -> Iterator[Outcome]:
    for record in reader:
        yield Outcome.decode(record.payload)


def _show_progress(snapshot: JsonObject | None, state: str) -> None:
    """Show a snapshot; of a run that died it is the last one, and says `running` no more."""
    if snapshot:
        click.secho(heartbeat_line({**snapshot, "state": state}), dim=True)


def _show(outcome: Outcome) -> None:
    """Show `+ auditing  maritime_shipping_spec_000.GetBooking  reliability 1.0`."""
    told = f"{outcome.reason}: {outcome.detail}" if outcome.reason else _gist(outcome.outputs)
    mark, colour = MARKS[outcome.kind]
    # Colours stand around the text only after it has been made printable; a pipe gets none.
    click.echo(f"{click.style(mark, fg=colour)} {printable(f'{outcome.stage:<21} {outcome.item}  {told}', WIDTH)}")


def _gist(outputs: list[JsonObject]) -> str:
    """Return what is worth knowing of an item's outputs, in a few words."""
    if len(outputs) != 1:
        return f"{len(outputs)} outputs"
    row = outputs[0]
    for text in (row.get("summary"), row.get("scenario"), row.get("subfield")):
        if isinstance(text, str) and text:
            return text
    if "reliability" in row:
        return f"reliability {row['reliability']}"
    if text := object_at(row, "tool").get("tool_description"):
        return str(text)
    verdict = row.get("verdict")
    if isinstance(verdict, dict):
        return orjson.dumps(verdict.get("kind")).decode().strip('"')
    steps = row.get("gt_tool_calls")
    return f"{len(steps)} calls" if isinstance(steps, list) else ""
