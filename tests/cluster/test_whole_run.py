"""A whole run on a fleet without machines: what becomes of the others when one shard ends so or so."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from synthtools_stream.cluster.shard_engine import STARTS
from synthtools_stream.cluster.shard_plan import Ended
from synthtools_stream.cluster.whole_run import LACK_EVERY, MOST_REBIRTHS, SILENT_S, WholeEnd, run_whole
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.shards import Shard
from tests.cluster.clusterkit import FakeFleet, plans_of
from tests.engine.enginekit import turns

DONE = Ended("done")


class Whole:
    """A run of shards on a fake fleet."""

    def __init__(self, at: Path, count: int, fleet: FakeFleet) -> None:
        self.said: list[str] = []
        self.now_s = 0.0
        self.heard: dict[str, Callable[[], None]] = {}
        self.shown: list[JsonObject] = []
        self.plans = plans_of(at, count)
        self.fleet = fleet

    def notice(self, line: str) -> None:
        """Take in a line, and do what is to be done then."""
        self.said.append(line)
        self.heard.get(line, lambda: None)()

    def clock(self) -> float:
        """Return a time that goes on by a quarter of what is silence, at each look."""
        self.now_s += SILENT_S / 4
        return self.now_s

    async def end(self, *, signals: bool = False, every_s: float = 1000.0) -> WholeEnd:
        """Run it to its end."""
        return await run_whole(
            self.plans,
            self.fleet,
            show=self.shown.append,
            notice=self.notice,
            every_s=every_s,
            signals=signals,
            clock=self.clock,
        )


async def test_all_done(tmp_path: Path) -> None:
    """Each is begun once, and what failed in any is added up."""
    whole = Whole(
        tmp_path,
        3,
        FakeFleet({1: [DONE], 2: [Ended("done", failed=2, produced=5)], 3: [Ended("done", out_of_time=True)]}),
    )
    end = await whole.end()
    assert (end.failed, end.produced, end.out_of_time, len(end.of("done"))) == (2, 5, True, 3)
    assert whole.fleet.begun == {1: 1, 2: 1, 3: 1}
    assert whole.said[-1] == "shard 3/3 is done; 0 of 3 go on"
    assert whole.shown, "the last state is shown"


@pytest.mark.parametrize("ending", ["refused", "bug"])
async def test_a_mistake_ends_all(tmp_path: Path, ending: str) -> None:
    """What no process will do better stops the others, which would only find the same."""
    fleet = FakeFleet({2: [Ended("refused" if ending == "refused" else "bug", "no server answers")]})
    end = await Whole(tmp_path, 3, fleet).end()
    assert fleet.stops == [False]
    assert [(shard.number, ended.said) for shard, ended in end.of(ending)] == [(2, "no server answers")]
    assert len(end.of("stopped")) == 2


async def test_a_dead_engine_is_begun_anew_a_few_times(tmp_path: Path) -> None:
    """Another process may have a live one; but not for ever."""
    gone = Ended("gone", "the engine is dead")
    fleet = FakeFleet({1: [gone, DONE], 2: [gone] * 9})
    end = await Whole(tmp_path, 2, fleet).end()
    assert fleet.begun == {1: 2, 2: 1 + MOST_REBIRTHS}
    assert [ended.ending for ended in end.shards.values()] == ["done", "gone"]


async def test_one_that_stopped_leaves_the_others_at_work(tmp_path: Path) -> None:
    """A full disk of one shard is no reason for the rest; the same command goes on with it."""
    whole = Whole(tmp_path, 2, FakeFleet({1: [Ended("stopped", "the disk is full")], 2: [DONE]}))
    end = await whole.end()
    assert whole.fleet.stops == []
    assert len(end.of("stopped")) == 1
    assert "shard 1/2: the disk is full" in whole.said


async def test_signals_stop_all(tmp_path: Path) -> None:
    """The first asks all shards to finish what is in flight, the second ends them."""
    fleet = FakeFleet({})
    fleet._waiting.clear()
    whole = Whole(tmp_path, 2, fleet)
    running = asyncio.ensure_future(whole.end(signals=True))
    await turns(5)
    held, fleet._waiting = fleet._waiting, []
    os.kill(os.getpid(), signal.SIGINT)
    await turns(5)
    assert not running.done()
    fleet._waiting = held
    os.kill(os.getpid(), signal.SIGINT)
    end = await running
    assert fleet.stops == [False, True]
    assert len(end.of("stopped")) == 2
    assert "a second signal stops now" in whole.said[0]


async def test_what_is_said_meanwhile(tmp_path: Path) -> None:
    """That shards wait for room is said now and then; that one was begun again, once."""
    fleet = FakeFleet({})
    fleet.lack = "2 of 2 shards wait for room"
    whole = Whole(tmp_path, 2, fleet)
    directory = whole.plans[0].directory
    directory.mkdir(parents=True)
    (directory / STARTS).write_bytes(orjson.dumps({"session": "session", "begun": 2, "host": "node7"}))
    whole.heard[fleet.lack] = lambda: fleet.stop(now=False)
    await whole.end(every_s=0.0)
    assert whole.said.count("shard 1/2 was begun again after its process was lost, on node7") == 1
    assert LACK_EVERY > 1
    assert Shard(1, 2) in (await Whole(tmp_path, 2, FakeFleet({1: [DONE], 2: [DONE]})).end()).shards


async def test_a_shard_that_is_silent(tmp_path: Path) -> None:
    """One that was at work and says nothing any more is named, once."""
    fleet = FakeFleet({})
    whole = Whole(tmp_path, 2, fleet)
    directory = whole.plans[1].directory
    directory.mkdir(parents=True)
    (directory / "progress.jsonl").write_bytes(orjson.dumps({"at": "2026-03-14T09:00:00", "state": "running"}) + b"\n")
    line = f"shard 2/2 has said nothing for {SILENT_S:.0f} s: its node may be lost, and none have room"
    whole.heard[line] = lambda: fleet.stop(now=False)
    await whole.end(every_s=0.0)
    assert whole.said.count(line) == 1
