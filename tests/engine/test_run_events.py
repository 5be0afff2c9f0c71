"""Events are told at once and kept in the file, phases only now and then; snapshots are found among them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest

from synthtools_stream.engine.run_events import Pace, RunEvents
from synthtools_stream.storage.rundir.progress_file import last_snapshot, read_snapshots
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.phases import Phases


def phase(for_s: float, *, ended: bool = False, what: str = "reading") -> JsonObject:
    """Return an event of a phase."""
    return {"event": "phase", "what": what, "for_s": for_s, "ended": ended}


def test_pace_of_phases() -> None:
    """The first word of a phase, one every ten seconds, and the last; everything else whenever it comes."""
    pace = Pace()
    spoken = [at for at in range(1, 35) if pace.lets(phase(at))]
    assert spoken == [1, 11, 21, 31]
    assert pace.lets(phase(34.5, ended=True))
    assert pace.lets(phase(1.0))
    assert pace.lets(phase(1.0, what="another"))
    assert pace.lets({"event": "stall", "what": "x", "for_s": 30})


async def test_events_wait_for_their_file(tmp_path: Path) -> None:
    """What was told before there was a directory stands first in the file; snapshots stay what they are."""
    shown = list[JsonObject]()
    events = RunEvents(shown.append)
    events.tell(phase(1.0))
    events.tell(phase(2.0))
    await events.flush()
    file = events.kept_in(tmp_path / "progress.jsonl")
    await file.append({"state": "running", "elapsed_s": 1.0})
    events.tell({"event": "stall", "what": "x", "for_s": 30, "ended": False})
    await events.flush()
    lines = [orjson.loads(line) for line in file.path.read_bytes().splitlines()]
    assert [line.get("event", line.get("state")) for line in lines] == ["running", "phase", "stall"]
    assert [event["for_s"] for event in shown] == [1.0, 2.0, 30]
    assert all("at" in event for event in shown)
    assert events.kept_in(tmp_path / "progress.jsonl") is file
    assert last_snapshot(tmp_path) == {"state": "running", "elapsed_s": 1.0}
    assert [*read_snapshots(tmp_path)] == [{"state": "running", "elapsed_s": 1.0}]


async def test_phases_are_looked_at_every_second(tmp_path: Path) -> None:
    """The run's own task does so, and writes what was told."""
    now, shown = 0.0, list[JsonObject]()
    events = RunEvents(shown.append)
    events.kept_in(tmp_path / "progress.jsonl")
    phases = Phases(events.tell, lambda: now)

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        await asyncio.sleep(0)
        if now > 3:
            raise asyncio.CancelledError

    with phases.phase("reading"), pytest.raises(asyncio.CancelledError):
        await events.run(phases, sleep)
    assert [event["for_s"] for event in shown] == [1.0, 2.0, 3.0, 4.0]
    assert len((tmp_path / "progress.jsonl").read_bytes().splitlines()) == 1
