"""The shards of a run: a whole, or what is amiss, a line each."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.config import RunConfig
from synthtools_stream.errors import UsageError
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.storage.rundir.shard_runs import UnfitShards, directory_of, shards_below, whole_run
from synthtools_stream.values.shards import Shard


def shard(path: Path, text: str, *, finished: bool = True, prompts: str = "p", **options: int | str) -> Path:
    """Make the directory of a shard."""
    path.mkdir(parents=True)
    config = RunConfig.build({"shard": text, **options})
    run = RunDirectory.claim(path, config, prompts)
    if finished:
        run.finish(config)
    return path


def problems(*paths: Path) -> list[str]:
    """Return what is amiss."""
    with pytest.raises(UnfitShards) as caught:
        whole_run(paths)
    return list(caught.value.problems)


def test_a_whole(tmp_path: Path) -> None:
    """Each of n once, finished: in order, however they were named; a directory of shards stands for all of them."""
    paths = [
        shard(directory_of(tmp_path, Shard(number, 11)), f"{number}/11") for number in (10, 2, *range(3, 10), 11, 1)
    ]
    (tmp_path / "merged").mkdir()
    (tmp_path / "shard-7-of-3").mkdir()
    for given in (paths, [tmp_path]):
        assert [run.shard.number for run in whole_run(given)] == list(range(1, 12))
    assert [found for found, _ in shards_below(tmp_path)] == [Shard(number, 11) for number in range(1, 12)]
    assert shards_below(tmp_path / "nowhere") == []


def test_what_is_missing_doubled_and_unfinished(tmp_path: Path) -> None:
    """All of it is told at once."""
    first = shard(tmp_path / "a", "1/9")
    again = shard(tmp_path / "b", "1/9")
    third = shard(tmp_path / "c", "3/9", finished=False)
    fourth = shard(tmp_path / "d", "4/9")
    with RunLock(fourth):
        assert problems(first, again, third, fourth) == [
            f"{again}: is shard 1/9, and so is {first}; name one of them",
            "shard 2/9 is missing; run it, and name its directory",
            "shard 5/9 is missing; run it, and name its directory",
            "shard 6/9 is missing; run it, and name its directory",
            "and so are 3 more of the 9",
            f"{third}: shard 3/9 is not finished; run its command again",
            f"{fourth}: shard 4/9 is running; wait for it",
        ]


def test_another_run(tmp_path: Path) -> None:
    """Another configuration, other prompts, another split or end make another run; the difference is shown."""
    first = shard(tmp_path / "a", "1/2")
    others = {
        "seed: 0 -> 4": shard(tmp_path / "b", "2/2", seed=4),
        "prompts: 'p' -> 'q'": shard(tmp_path / "c", "2/2", prompts="q"),
        "shards: 2 -> 3": shard(tmp_path / "d", "2/3"),
        "stop_after: None -> auditing": shard(tmp_path / "e", "2/2", stop_after="auditing"),
    }
    for told, other in others.items():
        (line,) = problems(first, other)
        assert line == f"{other}: is of another run than {first} ({told})"


def test_no_shards(tmp_path: Path) -> None:
    """A whole run is no shard, and an empty directory is no run."""
    whole = shard(tmp_path / "a", "")
    assert problems(whole, tmp_path / "b") == [
        f"{whole}: holds no shard but the whole of a run",
        f"{tmp_path / 'b'}: there is no run here",
    ]
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(UsageError, match="is no run of format"):
        whole_run([tmp_path])
