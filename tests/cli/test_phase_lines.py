"""Events as lines, in the plain display, the live table and commands that block."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text

from synthtools_stream.cli.live_display import LiveTable
from synthtools_stream.cli.phase_lines import event_line
from synthtools_stream.values.jsontypes import JsonObject
from tests.cli.test_live_display import SNAPSHOT

READING: JsonObject = {
    "event": "phase",
    "what": "reading the journal",
    "for_s": 12.3,
    "things": "records",
    "count": 45_120,
    "of": None,
    "bytes": 312 << 20,
    "of_bytes": 1200 << 20,
    "share": 0.26,
    "ended": False,
}
STALL: JsonObject = {"event": "stall", "what": "endpoint x", "for_s": 31.0, "told": "1 request", "ended": False}


def test_lines_of_events() -> None:
    """What, how much of how much, and for how long; a model's name is data and moves no cursor."""
    assert event_line(READING) == "reading the journal: 45,120 records, 312 of 1,200 MiB (26%), 12s"
    assert event_line({**READING, "ended": True}) == "reading the journal: done: 45,120 records, 312 MiB, 12s"
    counted: JsonObject = {**READING, "bytes": None, "of_bytes": None, "of": 90_240, "share": 0.5}
    assert event_line(counted) == "reading the journal: 45,120 of 90,240 records, 50%, 12s"
    bare: JsonObject = {"event": "phase", "what": "opening", "for_s": 3, "count": 0, "ended": False}
    assert event_line(bare) == "opening: 3s"
    assert event_line(STALL) == "endpoint x stands still, for 31s: 1 request"
    assert event_line({**STALL, "ended": True}) == "endpoint x moves again, after 31s"
    blocked: JsonObject = {**STALL, "event": "blocked", "what": "the event loop", "told": "a.py:3 in b"}
    assert event_line(blocked) == "the event loop is blocked, for 31s so far (a.py:3 in b)"
    assert event_line({**blocked, "ended": True}) == "the event loop was blocked for 31s"
    assert "\x1b" not in event_line({**STALL, "what": "endpoint \x1b[2J"})


def test_live_table_shows_phases_under_it() -> None:
    """A phase is a line in place before the first snapshot and under the table; its end is said and stays."""
    drawn, said = list[list[str]](), list[str]()

    def draw(lines: Callable[[int, int], Sequence[Text]]) -> None:
        drawn.append([line.plain for line in lines(60, 20)])

    table = LiveTable(draw, said.append)
    table.event(READING)
    assert drawn[-1] == [" reading the journal: 45,120 records, 312 of 1,200 MiB (26%…"]
    table.snapshot(SNAPSHOT)
    assert drawn[-1][-1] == " reading the journal: 45,120 records, 312 of 1,200 MiB (26%…"
    assert len(drawn[-1]) <= 20
    table.event({**READING, "ended": True})
    assert "reading" not in drawn[-1][-1]
    table.event(STALL)
    assert said == [
        "reading the journal: done: 45,120 records, 312 MiB, 12s",
        "endpoint x stands still, for 31s: 1 request",
    ]
