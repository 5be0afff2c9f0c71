"""Where the shards of one run stand together: their snapshots added up to one, in the shape of any other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from synthtools_stream.engine.run_status import read_status
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.rundir.progress_file import last_snapshot
from synthtools_stream.storage.rundir.run_directory import RUN_FILE
from synthtools_stream.storage.rundir.shard_runs import directory_of, shards_below
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.values.shards import Shard

__all__ = ["ShardStatus", "added_up", "glance", "read_shards"]

_ADDED = ("total", "sent", "replayed", "in_flight", "waiting", "limit", "peak")
"""Counts of a snapshot's requests that add up."""


@dataclass(frozen=True)
class ShardStatus:
    """Where one shard stands."""

    shard: Shard
    snapshot: JsonObject

    @property
    def state(self) -> str:
        """`running`, `finished`, `stopped`, or `not begun`."""
        return str(self.snapshot.get("state"))


def read_shards(directory: Path) -> list[ShardStatus]:
    """Return where each shard below a directory stands; those of its count that have no directory are not begun.

    :raises RunDirectoryError: where no shards lie there, or shards of different counts.
    :raises LogDamage: for a damaged journal.
    """
    found = dict(shards_below(directory))
    counts = {shard.count for shard in found}
    if len(counts) != 1:
        told = (
            f"shards of {' and of '.join(map(str, sorted(counts)))} lie here together"
            if counts
            else "no shard lies here"
        )
        raise RunDirectoryError(f"{directory}: {told}")
    whole = [Shard(number, count) for count in counts for number in range(1, count + 1)]
    return [ShardStatus(shard, _status(found.get(shard))) for shard in whole]


def _status(path: Path | None) -> JsonObject:
    if path is None or not (path / RUN_FILE).exists():
        return {"state": "not begun"}
    return read_status(path)


def glance(directory: Path, shards: Sequence[Shard], running: Collection[Shard]) -> list[ShardStatus]:
    """Return the shards' last snapshots without a look at their journals, for who knows which are `running`."""
    found: list[ShardStatus] = []
    for shard in shards:
        snapshot = last_snapshot(directory_of(directory, shard)) or {}
        if shard in running:
            snapshot["state"] = "running"
        found.append(ShardStatus(shard, {"state": "not begun", **snapshot}))
    return found


def added_up(statuses: Sequence[ShardStatus]) -> JsonObject:
    """Return one snapshot of all shards: counts added up, the longest time, the latest guess of an end."""
    shots = [status.snapshot for status in statuses]
    states = {status.state for status in statuses}
    running = [shot for shot in shots if shot.get("state") == "running"]
    stages = _stages(shots)
    costs = [cost for shot in shots if isinstance(cost := shot.get("cost"), int | float)]
    etas = [eta for shot in running if isinstance(eta := shot.get("eta_s"), int)]
    return {
        "at": max((str(shot.get("at", "")) for shot in shots), default=""),
        "elapsed_s": max((_number(shot.get("elapsed_s")) for shot in shots), default=0.0),
        "state": "running" if running else "finished" if states == {"finished"} else "stopped",
        "waiting_for_server": bool(running) and all(shot.get("waiting_for_server") is True for shot in running),
        "stages": {name: {**counts} for name, counts in stages.items()},
        "requests": _requests(shots),
        "tokens": _sums(shots, "tokens", ("prompt", "completion", "cached")),
        "rates": _sums(running, "rates", ("requests_per_s", "tokens_per_s")),
        "cost": round(sum(costs), 4) if costs else None,
        "currency": next((shot["currency"] for shot in shots if shot.get("currency")), None),
        "yield": {name: _share(counts) for name, counts in stages.items()},
        "eta_s": max(etas, default=None),
        "lag_ms": max((_number(shot.get("lag_ms")) for shot in shots), default=0.0),
        "rss_mib": round(sum(_number(shot.get("rss_mib")) for shot in shots), 1),
    }


def _stages(shots: Sequence[JsonObject]) -> dict[str, dict[str, int]]:
    stages: dict[str, dict[str, int]] = {}
    for shot in shots:
        for name, counts in object_at(shot, "stages").items():
            whole = stages.setdefault(name, {})
            for kind, count in (counts if isinstance(counts, dict) else {}).items():
                whole[kind] = whole.get(kind, 0) + int(_number(count))
    return stages


def _requests(shots: Sequence[JsonObject]) -> JsonObject:
    oldest = [old for shot in shots if (old := object_at(object_at(shot, "requests"), "oldest"))]
    return {
        **_sums(shots, "requests", _ADDED),
        "oldest": max(oldest, key=lambda old: _number(old.get("age_s")), default=None),
    }


def _sums(shots: Sequence[JsonObject], table: str, names: Sequence[str]) -> JsonObject:
    found: JsonObject = {}
    for name in names:
        total = sum(_number(object_at(shot, table).get(name)) for shot in shots)
        found[name] = round(total, 1) if isinstance(total, float) else total
    return found


def _share(counts: dict[str, int]) -> float | None:
    settled = counts.get("done", 0) + counts.get("rejected", 0)
    return round(counts.get("done", 0) / settled, 3) if settled else None


def _number(value: Json) -> int | float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0
