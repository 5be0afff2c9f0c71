"""The directory of a merge: the rows of all shards, a `run.json` that says so, and no journal.

Its `run.json` is a run's, with `merged` beside: of how many shards, how many bytes of rows each had, what all of them
have spent, and which of the merged files are whole. By that a merge that was killed goes on, and one that is done does
nothing. No run is resumed there: its shards are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson

from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.storage.rundir.run_directory import RUN_FILE, read_run
from synthtools_stream.storage.rundir.shard_runs import ShardRun
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["MergedDirectory"]

_SUMMED = ("max_tasks", "token_budget", "max_cost")
"""Limits of each shard by itself, which of all together are the sum."""


class MergedDirectory:
    """A directory that belongs to the merge of one run's shards."""

    def __init__(self, path: Path, record: JsonObject) -> None:
        """Take over a directory with this record; call `MergedDirectory.claim` instead."""
        self.path = path
        self._record = record

    @classmethod
    def claim(cls, path: Path, runs: Sequence[ShardRun], spent: JsonObject) -> MergedDirectory:
        """Go on with a merge of just these rows, or begin it; the caller holds the directory's lock.

        :raises RunDirectoryError: when the directory is another run's, or another merge's.
        """
        known = read_run(path)
        first = runs[0].record
        if known is not None and "merged" not in known:
            raise RunDirectoryError(f"{path}: holds a run, and no merge; choose another --out")
        if known is not None and object_at(known, "content") != object_at(first, "content"):
            raise RunDirectoryError(f"{path}: holds the merge of another run; choose another --out")
        sources: list[Json] = [{"shard": str(run.shard), "datasets": {**run.datasets}} for run in runs]
        if known is not None and object_at(known, "merged").get("sources") == sources:
            return cls(path, known)
        servers: list[Json] = []
        for run in runs:
            found = run.record.get("server")
            servers += [one for one in (found if isinstance(found, list) else []) if one not in servers]
        kept = {name: first[name] for name in ("format", "version", "content", "content_digest", "software")}
        record: JsonObject = {
            **kept,
            "server": servers,
            "finished": None,
            "shard": "",
            "datasets": {},
            "merged": {"shards": len(runs), "sources": sources, "spent": spent},
            "timing": {"created": datetime.now(UTC).isoformat(timespec="seconds")},
        }
        directory = cls(path, record)
        directory._write()
        return directory

    @property
    def is_finished(self) -> bool:
        """Whether every file is there."""
        return self._record.get("finished") is not None

    def has(self, kind: str, size: int | None) -> bool:
        """Say whether a dataset, which has so many bytes now, was merged already, and stands as it was left."""
        return size is not None and object_at(self._record, "datasets").get(kind) == size

    def note(self, kind: str, size: int) -> None:
        """Note that a dataset is whole, and how many bytes it has.

        :raises StorageError: when the disk refuses it.
        """
        self._record["datasets"] = {**object_at(self._record, "datasets"), kind: size}
        self._write()

    def finish(self, runs: Sequence[ShardRun]) -> None:
        """Note that all is there, and under which limits the shards had nothing left to do; raises alike."""
        limits = {**runs[0].limits}
        for name in _SUMMED:
            each = [limit for run in runs if isinstance(limit := run.limits.get(name), int | float)]
            limits[name] = sum(each) if len(each) == len(runs) else None
        self._record["finished"] = limits
        self._write()

    def _write(self) -> None:
        content = orjson.dumps(self._record, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        put_file(self.path / RUN_FILE, content)
