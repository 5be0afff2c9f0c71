"""`tail`: what a run is doing, line by line; pleasant to watch, on a live, a dead or a finished run."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.text import Text

from synthtools_stream.cli.console import notice
from synthtools_stream.cli.exit_codes import exit_with
from synthtools_stream.cli.live_display import heartbeat_line
from synthtools_stream.cli.plain_text import printable
from synthtools_stream.engine.run_status import run_state
from synthtools_stream.engine.shard_statuses import added_up, read_shards
from synthtools_stream.storage.appendlog.segment_reader import SegmentReader
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import has_journal, journal_segments, outcome_of
from synthtools_stream.storage.rundir.progress_file import last_snapshot
from synthtools_stream.storage.rundir.run_directory import RUN_FILE, read_run
from synthtools_stream.storage.rundir.run_lock import is_held
from synthtools_stream.storage.rundir.shard_runs import shards_below
from synthtools_stream.values.jsontypes import JsonObject, object_at
from synthtools_stream.values.shards import Shard

__all__ = ["tail"]

EVERY_S = 0.5
"""Seconds between two looks at a run that is followed: it looks alive, and reads what is new only."""
LAST = 10
"""Outcomes to begin with, where the user names no number; as many as `tail` shows of a file."""
WIDTH = 160
"""Characters of a line at most, also where stdout is no terminal: details may be as long as a model pleases."""
MARKS = {OutcomeKind.DONE: ("+", "green"), OutcomeKind.REJECTED: ("-", "yellow"), OutcomeKind.FAILED: ("!", "red")}


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--follow", "-f", is_flag=True, help="Go on until the run ends.")
@click.option(
    "--lines", "-n", type=click.IntRange(min=0), default=LAST, show_default=True, help="Outcomes to begin with."
)
def tail(directory: Path, follow: bool, lines: int) -> None:
    """Show the latest outcomes of the run in DIRECTORY, and with --follow everything that comes.

    A line begins with + for done, - for rejected, ! for failed (tried again by the next run). Of a DIRECTORY that holds
    the shards of a run, those of every shard, each after its number.
    """
    with exit_with():
        shards = shards_below(directory)
        with contextlib.suppress(KeyboardInterrupt):
            if shards:
                _watch_shards(shards, follow, lines)
            else:
                _watch(directory, follow, lines)
        state = added_up(read_shards(directory))["state"] if shards else run_state(directory)
        notice(f"the run is {state}")


def _watch_shards(shards: Sequence[tuple[Shard, Path]], follow: bool, lines: int) -> None:
    """Show the latest outcomes of each shard, then those that come, until none is running."""
    readers: dict[Path, SegmentReader] = {}
    while True:
        # Asked before the journals are read: what a shard writes last is then shown, too.
        alive = any(is_held(directory) for _, directory in shards)
        for shard, directory in shards:
            fresh = directory not in readers
            if fresh and not has_journal(directory):
                continue
            reader = readers.setdefault(directory, SegmentReader(journal_segments(directory)))
            screen = Screen(f"{shard} ")
            for record in deque(reader, maxlen=lines if fresh else None):
                screen.outcome(outcome_of(reader.path, record))
        if not (follow and alive):
            return
        time.sleep(EVERY_S)


def _watch(directory: Path, follow: bool, lines: int) -> None:
    # A run that has only just begun has a lock before it has anything else.
    while follow and is_held(directory) and not ((directory / RUN_FILE).exists() and has_journal(directory)):
        time.sleep(EVERY_S)
    state = run_state(directory)
    if not has_journal(directory):
        merged = "merged" in (read_run(directory) or {})
        notice(
            f"{directory}: {'merged shards have no journal; tail a shard' if merged else 'nothing has happened yet'}"
        )
        return
    reader, screen = SegmentReader(journal_segments(directory)), Screen()
    for record in deque(reader, maxlen=lines):
        screen.outcome(outcome_of(reader.path, record))
    if follow and state == "running":
        _follow(directory, reader, screen)
    screen.progress(last_snapshot(directory), run_state(directory))


def _follow(directory: Path, reader: SegmentReader, screen: Screen) -> None:
    """Show what comes until nobody holds the run any more."""
    shown = None
    while True:
        # Asked before the journal is read: what a run writes last is then shown, too.
        alive = run_state(directory) == "running"
        for record in reader:
            screen.outcome(outcome_of(reader.path, record))
        if not alive:
            return
        snapshot = last_snapshot(directory)
        if snapshot and snapshot.get("at") != shown:
            shown = snapshot.get("at")
            screen.progress(snapshot, "running")
        time.sleep(EVERY_S)


class Screen:
    """Where the lines go: in colour on a terminal, cut to its width."""

    def __init__(self, head: str = "") -> None:
        """Find out what stdout is; `head` stands before each line."""
        self._head = head
        self._console = Console(highlight=False)
        self._width = min(WIDTH, self._console.width) if self._console.is_terminal else WIDTH

    def outcome(self, outcome: Outcome) -> None:
        """Show `+ auditing  maritime_shipping_spec_000.GetBooking  reliability 1.0`."""
        told = f"{outcome.reason}: {outcome.detail}" if outcome.reason else _gist(outcome.outputs)
        mark, colour = MARKS[outcome.kind]
        line = printable(f"{outcome.stage:<21} {outcome.item}  {told}", self._width - 2 - len(self._head))
        self._print(Text.assemble(self._head, (mark, colour), " ", line))

    def progress(self, snapshot: JsonObject | None, state: str) -> None:
        """Show a snapshot; that of a run which died says `running` no more."""
        if snapshot:
            self._print(Text(heartbeat_line({**snapshot, "state": state}), style="dim"))

    def _print(self, text: Text) -> None:
        with self._console.capture() as capture:
            self._console.print(text, soft_wrap=True)
        # Not by the console itself, which would end us with an exit code of its own when the reader has left.
        print(capture.get(), end="", flush=True)


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
