"""The shards of one run, each in a directory of its own: how they are called, and whether they are a whole.

Together they are the unsharded run only where each of n is there once, has nothing left to do, and was made by the same
configuration, prompts and version, up to the same stage. A number that is missing, such as an array job's that was
never started, looks like success everywhere else; so it is looked for here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from synthtools_stream.config import difference
from synthtools_stream.errors import UsageError
from synthtools_stream.storage.rundir.run_directory import is_last_word, read_run
from synthtools_stream.storage.rundir.run_lock import is_held
from synthtools_stream.values.jsontypes import JsonObject, object_at
from synthtools_stream.values.shards import Shard

__all__ = ["ShardRun", "UnfitShards", "directory_of", "shards_below", "whole_run"]

_NAME = re.compile(r"shard-([0-9]{1,6})-of-([0-9]{1,6})")
_SHOWN = 3
"""Differences of a configuration, or missing numbers, that are told: enough to see what is the matter."""


class UnfitShards(UsageError):
    """Directories are not all the shards of one run; `problems` has a line for each that is amiss."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class ShardRun:
    """One shard's directory, and its `run.json`."""

    path: Path
    shard: Shard
    record: JsonObject

    @property
    def content(self) -> JsonObject:
        """The content configuration, with the prompts' digest."""
        return object_at(self.record, "content")

    @property
    def limits(self) -> JsonObject:
        """Under which limits nothing was left to do."""
        return object_at(self.record, "finished")

    @property
    def datasets(self) -> JsonObject:
        """Bytes of each dataset, as the run left them."""
        return object_at(self.record, "datasets")


def directory_of(whole: Path, shard: Shard) -> Path:
    """Return where a shard lies among the shards of a run."""
    return whole / f"shard-{shard.number}-of-{shard.count}"


def shards_below(path: Path) -> list[tuple[Shard, Path]]:
    """Return the shards that lie in a directory by their names, in order; none where it holds none."""
    found: list[tuple[Shard, Path]] = []
    for directory in path.iterdir() if path.is_dir() else ():
        named = _NAME.fullmatch(directory.name)
        if named is not None and directory.is_dir() and 1 <= int(named[1]) <= int(named[2]):
            found.append((Shard(int(named[1]), int(named[2])), directory))
    return sorted(found, key=lambda one: (one[0].count, one[0].number))


def whole_run(paths: Sequence[Path]) -> list[ShardRun]:
    """Return the shards of a run in order; a path that holds shards stands for all of them.

    :raises UnfitShards: where they are not a whole.
    :raises UsageError: for a directory whose `run.json` is none.
    """
    problems: list[str] = []
    runs: list[ShardRun] = []
    for path in chain.from_iterable([below for _, below in shards_below(named)] or [named] for named in paths):
        record = read_run(path)
        if record is None:
            problems.append(f"{path}: there is no run here")
        elif not record.get("shard"):
            problems.append(f"{path}: holds no shard but the whole of a run")
        else:
            runs.append(ShardRun(path, Shard.of(str(record["shard"])), record))
    problems += _unlike(runs) or [*_miscounted(runs), *_unfinished(runs)]
    if problems:
        raise UnfitShards(problems)
    return sorted(runs, key=lambda run: run.shard.number)


def _unlike(runs: Sequence[ShardRun]) -> list[str]:
    """Say which shards are of another run than the first."""
    found: list[str] = []
    for run in runs[1:]:
        first = runs[0]
        changed = difference(first.content, run.content)
        versions = [str(object_at(one.record, "software").get("synthtools-stream")) for one in (first, run)]
        if versions[0] != versions[1]:
            changed.append(f"version: {versions[0]} -> {versions[1]}")
        if run.shard.count != first.shard.count:
            changed.append(f"shards: {first.shard.count} -> {run.shard.count}")
        if first.limits and run.limits:
            ends = [{name: one.limits.get(name) for name in ("stop_after", "selection")} for one in (first, run)]
            changed += [
                f"{name}: {ends[0][name]} -> {ends[1][name]}" for name in ends[0] if ends[0][name] != ends[1][name]
            ]
        if changed:
            shown = changed[:_SHOWN] + [f"and {len(changed) - _SHOWN} more"] * (len(changed) > _SHOWN)
            found.append(f"{run.path}: is of another run than {first.path} ({'; '.join(shown)})")
    return found


def _miscounted(runs: Sequence[ShardRun]) -> list[str]:
    """Say which shards are missing, and which are there twice."""
    found: list[str] = []
    known: dict[Shard, Path] = {}
    for run in runs:
        earlier = known.setdefault(run.shard, run.path)
        if earlier is not run.path:
            found.append(f"{run.path}: is shard {run.shard}, and so is {earlier}; name one of them")
    if runs:
        count = runs[0].shard.count
        missing = [number for number in range(1, count + 1) if Shard(number, count) not in known]
        found += [f"shard {number}/{count} is missing; run it, and name its directory" for number in missing[:_SHOWN]]
        if len(missing) > _SHOWN:
            found.append(f"and so are {len(missing) - _SHOWN} more of the {count}")
    return found


def _unfinished(runs: Sequence[ShardRun]) -> list[str]:
    found: list[str] = []
    for run in runs:
        if is_held(run.path):
            found.append(f"{run.path}: shard {run.shard} is running; wait for it")
        elif run.record.get("finished") is None or not is_last_word(run.path, run.record):
            found.append(f"{run.path}: shard {run.shard} is not finished; run its command again")
    return found
