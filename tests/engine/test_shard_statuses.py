"""Where the shards of a run stand together."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.config import RunConfig
from synthtools_stream.engine.shard_statuses import ShardStatus, added_up, glance, read_shards
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.storage.rundir.shard_runs import directory_of
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.shards import Shard
from tests.faults.faultkit import invoke

FIRST, SECOND = Shard(1, 2), Shard(2, 2)


def shot(state: str, done: int, age_s: float, cost: float | None) -> JsonObject:
    """Return a snapshot."""
    return {
        "at": f"2026-03-14T09:00:0{done}",
        "elapsed_s": done,
        "state": state,
        "waiting_for_server": state == "running",
        "stages": {"rollout": {"queued": 1, "running": 2, "done": done, "rejected": 1, "failed": 0}},
        "requests": {
            "total": 10 * done,
            "sent": done,
            "in_flight": 3,
            "limit": 8,
            "oldest": {"role": "judge", "age_s": age_s},
        },
        "tokens": {"prompt": 100, "completion": 10, "cached": 1},
        "rates": {"requests_per_s": 1.5, "tokens_per_s": 2.0},
        "cost": cost,
        "currency": "EUR",
        "eta_s": 60 * done,
        "rss_mib": 50.5,
    }


def test_added_up() -> None:
    """Counts add up, times are the longest, rates are those of what runs."""
    whole = added_up(
        [ShardStatus(FIRST, shot("running", 3, 4.0, 1.25)), ShardStatus(SECOND, shot("finished", 5, 9.0, 2.0))]
    )
    assert whole["state"] == "running"
    assert whole["stages"] == {"rollout": {"queued": 2, "running": 4, "done": 8, "rejected": 2, "failed": 0}}
    assert whole["yield"] == {"rollout": 0.8}
    assert whole["requests"] == {
        "total": 80, "sent": 8, "replayed": 0, "in_flight": 6, "waiting": 0, "limit": 16, "peak": 0,
        "oldest": {"role": "judge", "age_s": 9.0},
    }  # fmt: skip
    assert (whole["elapsed_s"], whole["eta_s"], whole["cost"], whole["rss_mib"]) == (5, 180, 3.25, 101.0)
    assert whole["rates"] == {"requests_per_s": 1.5, "tokens_per_s": 2.0}
    assert whole["waiting_for_server"] is True


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (("finished", "finished"), "finished"),
        (("finished", "not begun"), "stopped"),
        (("stopped", "running"), "running"),
    ],
)
def test_state_of_the_whole(states: tuple[str, str], told: str) -> None:
    """It is finished once all are, and runs while one does."""
    shards = zip((FIRST, SECOND), states, strict=True)
    assert added_up([ShardStatus(shard, {"state": state}) for shard, state in shards])["state"] == told


def test_read_from_directories(tmp_path: Path) -> None:
    """A shard without a directory is not begun; `status` and `tail` take the directory of all shards."""
    directory = directory_of(tmp_path, FIRST)
    directory.mkdir()
    config = RunConfig.build({"shard": "1/2"})
    RunDirectory.claim(directory, config, "p").finish(config)
    (directory / "progress.jsonl").write_bytes(orjson.dumps(shot("finished", 3, 1.0, None)) + b"\n")
    assert [status.state for status in read_shards(tmp_path)] == ["finished", "not begun"]
    assert [status.state for status in glance(tmp_path, [FIRST, SECOND], {SECOND})] == ["finished", "running"]
    told = invoke("status", tmp_path)
    assert "shard 2/2: not begun" in told.stdout
    whole = orjson.loads(invoke("status", tmp_path, "--json").stdout)
    assert (whole["state"], [one["shard"] for one in whole["shards"]]) == ("stopped", ["1/2", "2/2"])
    assert "the run is stopped" in invoke("tail", tmp_path).output


def test_no_shards(tmp_path: Path) -> None:
    """Without shards, or with those of two splits, there is no whole to tell of."""
    with pytest.raises(RunDirectoryError, match="no shard lies here"):
        read_shards(tmp_path)
    for shard in (FIRST, Shard(1, 3)):
        directory_of(tmp_path, shard).mkdir()
    with pytest.raises(RunDirectoryError, match="shards of 2 and of 3"):
        read_shards(tmp_path)
