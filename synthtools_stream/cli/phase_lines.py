"""Events as lines, and the phases of commands that block: a thread looks at them and says how far they are."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager

from synthtools_stream.cli.console import notice
from synthtools_stream.cli.plain_text import duration, printable
from synthtools_stream.engine.run_events import Pace
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.values.phases import LOOK_EVERY_S, Phases

__all__ = ["event_line", "told_phases"]

_MIB = 2**20
"""Bytes: logs are some hundred of them."""


def event_line(event: JsonObject) -> str:
    """Return an event of a run as one line; see `engine/run_events`."""
    what, lasted = str(event.get("what")), duration(_number(event.get("for_s")))
    ended = event.get("ended") is True
    if event.get("event") == "phase":
        told = [part for part in (_count(event), _bytes(event, ended=ended), lasted) if part]
        line = f"{what}{': done' if ended else ''}: {', '.join(told)}"
    elif event.get("event") == "blocked":
        place = f" ({event.get('told')})" if event.get("told") and not ended else ""
        line = f"{what} was blocked for {lasted}" if ended else f"{what} is blocked, for {lasted} so far{place}"
    else:
        line = f"{what} moves again, after {lasted}" if ended else f"{what} stands still, for {lasted}: {event['told']}"
    return printable(line)


@contextmanager
def told_phases() -> Generator[Phases]:
    """Yield phases that are told on stderr, for as long as the block runs; for code that blocks."""
    pace, over = Pace(), threading.Event()

    def say(event: JsonObject) -> None:
        if pace.lets(event):
            notice(event_line(event))

    phases = Phases(say)

    def look() -> None:
        while not over.wait(LOOK_EVERY_S):
            phases.look()

    thread = threading.Thread(target=look, name="phases", daemon=True)
    thread.start()
    try:
        yield phases
    finally:
        over.set()
        thread.join()


def _count(event: JsonObject) -> str:
    count, of = _number(event.get("count")), event.get("of")
    if not count and not isinstance(of, int):
        return ""
    whole = f" of {of:,}" if isinstance(of, int) else ""
    return f"{count:,.0f}{whole} {event.get('things')}"


def _bytes(event: JsonObject, *, ended: bool) -> str:
    done, of, share = _number(event.get("bytes")), _number(event.get("of_bytes")), event.get("share")
    if not done:
        return f"{share:.0%}" if isinstance(share, float) and not ended else ""
    if ended or not of:
        return f"{done / _MIB:,.0f} MiB"
    return f"{done / _MIB:,.0f} of {of / _MIB:,.0f} MiB ({_number(share):.0%})"


def _number(value: Json) -> float:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
