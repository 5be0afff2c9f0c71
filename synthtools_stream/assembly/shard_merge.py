"""The shards of a run into the rows of the run that was not split: the same rows, in one order, in one directory.

Which rows there are does not depend on the split: an item's shard follows from its lineage, ids and seeds as well, and
the content, all fields included, is the same in each. So nothing is decided here; what is missing is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import orjson

from synthtools_stream.assembly.dataset_rows import DATASETS, dataset_sizes
from synthtools_stream.engine.run_status import read_status
from synthtools_stream.engine.shard_statuses import ShardStatus, added_up
from synthtools_stream.errors import RunDirectoryError, boundary
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.storage.datasets.merged_rows import merge_rows
from synthtools_stream.storage.rundir.merged_directory import MergedDirectory
from synthtools_stream.storage.rundir.progress_file import PROGRESS_FILE
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.storage.rundir.shard_runs import ShardRun, UnfitShards, whole_run
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["MergeSummary", "merge_shards"]

_KEYS = {"rejected": ("id", "stage", "reason")}
"""What tells the rows of a dataset apart, where it is not the id: an item may be rejected by one stage alone, but a
subfield and its field may share a name."""


@dataclass
class MergeSummary:
    """What a merge came to."""

    directory: Path
    shards: int
    rows: dict[str, int] = field(default_factory=dict[str, int])
    """By dataset; those that were merged before are not counted again."""
    doubled: int = 0
    """Rows that stood in two shards, and were the same."""
    done_before: bool = False


def merge_shards(
    paths: Sequence[Path], out: Path, show: Callable[[str, int], None] = lambda _file, _rows: None
) -> MergeSummary:
    """Merge shards, or go on with a merge that was killed; `show` is told a file, and how many of its rows are done.

    :raises UnfitShards: where the directories are not all shards of one run, finished.
    :raises UsageError: where a directory cannot be used, or rows contradict each other.
    :raises StorageError: when the disk refuses something; the same call goes on.
    """
    runs = whole_run(paths)
    _assert_unchanged(runs)
    if any(out.exists() and out.samefile(run.path) for run in runs):
        raise RunDirectoryError(f"{out}: is one of the shards; choose another --out")
    with boundary(f"{out}: cannot be made", OSError, as_=RunDirectoryError):
        out.mkdir(parents=True, exist_ok=True)
    with RunLock(out):
        snapshot = added_up([ShardStatus(run.shard, read_status(run.path)) for run in runs])
        merged = MergedDirectory.claim(out, runs, _spent(snapshot))
        summary = MergeSummary(out, len(runs), done_before=merged.is_finished)
        for kind, name in DATASETS.items():
            if merged.has(kind, dataset_sizes(out).get(kind)):
                continue
            summary.done_before = False
            sources = [run.path / name for run in runs]
            found = merge_rows(sources, _KEYS.get(kind, ("id",)), out / name, partial(show, name))
            summary.rows[kind] = found.rows
            summary.doubled += found.doubled
            merged.note(kind, (out / name).stat().st_size)
        if not summary.done_before:
            put_file(out / PROGRESS_FILE, orjson.dumps(snapshot, option=orjson.OPT_APPEND_NEWLINE))
            merged.finish(runs)
    return summary


def _assert_unchanged(runs: Sequence[ShardRun]) -> None:
    """Refuse rows that are not as their run left them: it would mend them.

    :raises UnfitShards: where a file has another size than its run noted.
    """
    problems = [
        f"{run.path / DATASETS[kind]}: is not as its run left it; run the shard's command again, which mends it"
        for run in runs
        for kind, size in run.datasets.items()
        if kind in DATASETS and dataset_sizes(run.path).get(kind) != size
    ]
    if problems:
        raise UnfitShards(problems)


def _spent(snapshot: JsonObject) -> JsonObject:
    requests, tokens = object_at(snapshot, "requests"), object_at(snapshot, "tokens")
    return {
        "requests": requests.get("total"),
        "tokens": {name: tokens.get(name) for name in ("prompt", "completion", "cached")},
        "cost": snapshot.get("cost"),
        "currency": snapshot.get("currency"),
    }
