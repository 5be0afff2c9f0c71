"""What a run looks like while it goes on: a live table on a terminal, plain heartbeat lines otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from synthtools_stream.cli.console import notice
from synthtools_stream.cli.fitted_table import Column, FittedTable
from synthtools_stream.cli.live_region import LiveRegion
from synthtools_stream.cli.phase_lines import event_line
from synthtools_stream.cli.plain_text import duration, printable, quantity
from synthtools_stream.engine.run_events import Pace
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["COLUMNS", "Display", "LiveTable", "PlainLines", "heartbeat_line", "progress_display", "progress_table"]

COLUMNS = {"queued": "", "running": "cyan", "done": "green", "rejected": "yellow", "failed": "bold red"}
"""The counts of a stage, and how one above zero is coloured."""
HEADS = {"running": "busy"}
WANTED = ("yield", "queued", "running", "rejected", "failed", "done")
"""Columns, by how much they are missed where there is no room for them all: the first goes first."""
PLAIN_EVERY_S = 10.0
"""Seconds between two plain lines: soon enough for whoever watches, and few enough for a log of a week."""

SLOW_S = 10.0
"""Age of a request from which it is worth a word: of a fast server it would only flicker."""


class Display(NamedTuple):
    """What shows how a run goes on."""

    show: Callable[[JsonObject], None]
    """Given every snapshot."""
    told: Callable[[JsonObject], None]
    """Given every event between snapshots."""


@contextmanager
def progress_display(quiet: bool = False) -> Generator[Display]:
    """Yield what shows snapshots and events, on stderr; the quiet one still says when something stands still."""
    console = Console(stderr=True)
    if quiet:
        yield Display(_say_nothing, _say_stall)
    elif sys.stderr.isatty() and not console.is_dumb_terminal:
        with LiveRegion(console) as region:
            live = LiveTable(region.show)
            yield Display(live.snapshot, live.event)
    else:
        pace = Pace()

        def say(event: JsonObject) -> None:
            if pace.lets(event):
                notice(event_line(event))

        yield Display(PlainLines(), say)


def _say_nothing(_snapshot: JsonObject) -> None:
    """Show no snapshot."""


def _say_stall(event: JsonObject) -> None:
    if event.get("event") != "phase":
        notice(event_line(event))


class LiveTable:
    """The table of the latest snapshot, with a line under it for every phase that goes on now."""

    def __init__(
        self, draw: Callable[[Callable[[int, int], Sequence[Text]]], None], say: Callable[[str], None] = notice
    ) -> None:
        """`draw` puts lines made for a width and a height on the screen; what stays of an event, `say` says."""
        self._draw = draw
        self._say = say
        self._snapshot: JsonObject | None = None
        self._phases: dict[str, str] = {}

    def snapshot(self, snapshot: JsonObject) -> None:
        """Draw a snapshot."""
        self._snapshot = snapshot
        self._draw(self._lines)

    def event(self, event: JsonObject) -> None:
        """Draw a phase that goes on; what has ended, and what is no phase, is said above the table."""
        what = str(event.get("what"))
        if event.get("event") == "phase" and event.get("ended") is not True:
            self._phases[what] = event_line(event)
            self._draw(self._lines)
            return
        if self._phases.pop(what, None) is not None:
            self._draw(self._lines)
        self._say(event_line(event))

    def _lines(self, width: int, height: int) -> list[Text]:
        under = [Text(f" {line}", no_wrap=True) for line in self._phases.values()]
        for line in under:
            line.truncate(width, overflow="ellipsis")
        table = [] if self._snapshot is None else progress_table(self._snapshot).lines(width, height - len(under))
        return [*table, *under]


class PlainLines:
    """Says how a run goes on, now and then: a log that is written for a week should stay readable."""

    def __init__(self, every_s: float = PLAIN_EVERY_S, say: Callable[[str], None] = notice) -> None:
        """Say the first snapshot, the last one, and one every so many seconds between."""
        self._every_s = every_s
        self._say = say
        self._next_s = 0.0
        self._state = ""

    def __call__(self, snapshot: JsonObject) -> None:
        """Take in one snapshot."""
        elapsed, state = _number(snapshot, "elapsed_s"), _course(snapshot)[0]
        if elapsed >= self._next_s or state != self._state:
            self._next_s = elapsed + self._every_s
            self._state = state
            self._say(heartbeat_line(snapshot))


def progress_table(snapshot: JsonObject) -> FittedTable:
    """Return a snapshot as a table of the stages with three short lines of totals under it."""
    stages = object_at(snapshot, "stages")
    counts = [count if isinstance(count, dict) else {} for count in stages.values()]
    shares = [object_at(snapshot, "yield").get(name) for name in stages]
    columns = [
        Column(HEADS.get(name, name), [_cell(count, name) for count in counts], WANTED.index(name)) for name in COLUMNS
    ]
    told = [Text(f"{share:.0%}" if isinstance(share, float) else "-") for share in shares]
    return FittedTable(
        "stage",
        [printable(name, 40) for name in stages],
        [*columns, Column("yield", told, WANTED.index("yield"))],
        # What is at work stays, and what is nearest the end.
        [row + len(counts) * _at_work(count) for row, count in enumerate(counts)],
        [[printable(part) for part in parts] for parts in (_course(snapshot), _load(snapshot), _spent(snapshot))],
    )


def heartbeat_line(snapshot: JsonObject) -> str:
    """Return a snapshot as one plain line."""
    stages = [
        f"{name} {quantity(_number(counts, 'done'))}{_misses(counts)}"
        for name, counts in object_at(snapshot, "stages").items()
        if isinstance(counts, dict)
    ]
    state, elapsed, *rest = _course(snapshot)
    known = [] if state == "running" else [state]
    totals = ", ".join([*_load(snapshot), *_spent(snapshot), *rest, *known])
    return printable(f"[{elapsed}] {', '.join(stages)} | {totals}")


def _misses(counts: JsonObject) -> str:
    """Return ` (2 rejected, 1 failed)`, or nothing."""
    told = [f"{_number(counts, kind):.0f} {kind}" for kind in ("rejected", "failed") if _number(counts, kind)]
    return f" ({', '.join(told)})" if told else ""


def _at_work(counts: JsonObject) -> bool:
    return bool(_number(counts, "running") or _number(counts, "queued"))


def _cell(counts: JsonObject, column: str) -> Text:
    number = _number(counts, column)
    return Text(quantity(number), style=COLUMNS[column] if number else "dim")


def _course(snapshot: JsonObject) -> list[str]:
    """Say how the run goes: its state, for how long, and how long yet."""
    state = str(snapshot.get("state", "unknown"))
    waits = snapshot.get("waiting_for_server") is True and state == "running"
    parts = ["waiting for a server" if waits else state, duration(_number(snapshot, "elapsed_s"))]
    eta = snapshot.get("eta_s")
    if isinstance(eta, int) and state == "running":
        parts.append(f"about {duration(eta)} left")
    return parts


def _load(snapshot: JsonObject) -> list[str]:
    requests, rates = object_at(snapshot, "requests"), object_at(snapshot, "rates")
    sent, rate = _number(requests, "sent"), _number(rates, "requests_per_s")
    total = max(sent, _number(requests, "total"))
    if snapshot.get("state") != "running":
        # Nothing moves any more: what is worth knowing is how fast it went.
        rate = sent / max(_number(snapshot, "elapsed_s"), 0.1)
    parts = ["1 request" if total == 1 else f"{quantity(total)} requests", f"{rate:.0f}/s"]
    if snapshot.get("state") == "running":
        parts.append(f"{_number(requests, 'in_flight'):.0f} of {_number(requests, 'limit'):.0f} in flight")
        oldest = object_at(requests, "oldest")
        if (age_s := _number(oldest, "age_s")) >= SLOW_S:
            parts.append(f"oldest {duration(age_s)} ({oldest.get('role')})")
        if waiting := _number(requests, "waiting"):
            parts.append(f"{quantity(waiting)} waiting")
    if replayed := _number(requests, "replayed"):
        parts.append(f"{quantity(replayed)} reused")
    return parts


def _spent(snapshot: JsonObject) -> list[str]:
    tokens = object_at(snapshot, "tokens")
    prompt, cached = _number(tokens, "prompt"), _number(tokens, "cached")
    parts = [f"{quantity(prompt + _number(tokens, 'completion'))} tokens"]
    if isinstance(cost := snapshot.get("cost"), float):
        parts.append(f"{cost:.2f} {snapshot.get('currency')}")
    if cached and prompt:
        parts.append(f"{cached / prompt:.0%} of the prompts cached")
    return [*parts, f"{_number(snapshot, 'rss_mib'):.0f} MiB"]


def _number(values: JsonObject, key: str) -> float:
    value: Json = values.get(key)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
