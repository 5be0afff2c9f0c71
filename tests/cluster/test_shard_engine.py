"""One shard in this process: how it ends is told, never raised, and it is not begun in vain for ever."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly.stop_signals import StopWish
from synthtools_stream.cluster import shard_engine
from synthtools_stream.cluster.shard_actor import ShardActor
from synthtools_stream.cluster.shard_engine import MOST_STARTS, NOTES, run_shard, starts_of
from synthtools_stream.cluster.shard_plan import ShardPlan
from synthtools_stream.errors import BackendGone, LogDamage, RunStopped, StorageError, UsageError
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.values.shards import Shard
from tests.cluster.clusterkit import plans_of


async def test_to_its_end_and_again(tmp_path: Path) -> None:
    """A shard is run to its end by an actor; a second call finds that nothing is left, also of an empty part."""
    produced = 0
    for plan in plans_of(tmp_path, 3):
        for _ in range(2):
            ended = await ShardActor().run(plan)
            assert (ended.ending, ended.said, ended.failed) == ("done", "", 0)
            produced += ended.produced
        record = orjson.loads((plan.directory / "run.json").read_bytes())
        assert (record["shard"], record["finished"] is not None) == (str(plan.shard), True)
        assert "model embedded-procedural" in (plan.directory / NOTES).read_text()
        assert starts_of(plan.directory)["begun"] == 2
    assert produced == 2 * 2, "each of two fields has an environment, told twice"


async def test_taken_over(tmp_path: Path) -> None:
    """A directory that a lost process still seems to hold is taken over: that process is the reason for this one."""
    (plan,) = plans_of(tmp_path, 1)
    plan.directory.mkdir(parents=True)
    with RunLock(plan.directory):
        assert (await run_shard(plan, StopWish())).ending == "done"


async def test_stopped_before_it_was_begun(tmp_path: Path) -> None:
    """Whoever is asked to stop first sends nothing, and can be gone on with."""
    (plan,) = plans_of(tmp_path, 1)
    actor = ShardActor()
    await actor.stop()
    ended = await actor.run(plan)
    assert (ended.ending, "the same command goes on" in ended.said) == ("stopped", True)
    assert (await ShardActor().run(plan)).ending == "done"


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (UsageError("no such model"), "refused"),
        (LogDamage("journal.jsonl", 3, "torn"), "refused"),
        (BackendGone("the engine is dead"), "gone"),
        (StorageError("full"), "stopped"),
        (RunStopped("enough"), "stopped"),
        (ZeroDivisionError("ours"), "bug"),
    ],
)
async def test_how_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, ending: str) -> None:
    """Errors are told by whose affair they are: the user's, another process's, the next command's, or ours."""

    async def failing(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(shard_engine, "_run", failing)
    (plan,) = plans_of(tmp_path, 1)
    ended = await run_shard(plan, StopWish())
    assert ended.ending == ending
    assert str(error) in ended.said


async def test_what_is_mistaken(tmp_path: Path) -> None:
    """A configuration that no process can use is the user's; so is a directory that cannot be."""
    (plan,) = plans_of(tmp_path, 1, backend="http")
    assert (await run_shard(plan, StopWish())).ending == "refused"
    (tmp_path / "file").write_text("")
    (blocked,) = plans_of(tmp_path / "file", 1)
    assert (await run_shard(blocked, StopWish())).ending == "refused"


async def test_not_in_vain_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies again and again before it got anywhere is given up; another call tries anew."""

    async def dying(*_arguments: object) -> None:
        raise ZeroDivisionError("in place of a process that is killed")

    monkeypatch.setattr(shard_engine, "_run", dying)
    (plan,) = plans_of(tmp_path, 1)
    endings = [(await run_shard(plan, StopWish())).ending for _ in range(MOST_STARTS + 1)]
    assert endings == [*["bug"] * MOST_STARTS, "stopped"]
    assert (await run_shard(replace(plan, session="next"), StopWish())).ending == "bug"


async def test_one_that_gets_on_is_begun_as_often_as_it_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shard whose process is lost often, but late, goes on."""

    async def getting_on(plan: ShardPlan, *_arguments: object) -> None:
        total = starts_of(plan.directory)["begun"]
        (plan.directory / "progress.jsonl").write_bytes(orjson.dumps({"requests": {"total": total}}) + b"\n")
        raise ZeroDivisionError

    monkeypatch.setattr(shard_engine, "_run", getting_on)
    (plan,) = plans_of(tmp_path, 1)
    assert {(await run_shard(plan, StopWish())).ending for _ in range(3 * MOST_STARTS)} == {"bug"}


async def test_a_server_of_its_own(tmp_path: Path) -> None:
    """It is started for a shard that has something to ask, and not for one that is finished."""
    serve = (sys.executable, "-m", "synthtools_stream", "serve-model", "--port", "{port}")
    (plan,) = plans_of(tmp_path, 1, serve=serve, server_url=["http://127.0.0.1"])
    ended = await run_shard(plan, StopWish())
    assert (ended.ending, ended.said) == ("done", "")
    notes = (plan.directory / NOTES).read_text()
    assert notes.count("starting a server of its own") == 1
    assert (plan.shard, await run_shard(plan, StopWish())) == (Shard(1, 1), ended)
    assert (plan.directory / NOTES).read_text().count("starting a server of its own") == 1
