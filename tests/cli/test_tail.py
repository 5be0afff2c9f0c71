"""`tail` of the shards of a run."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.storage.rundir.shard_runs import directory_of
from synthtools_stream.values.shards import Shard
from tests.faults.faultkit import invoke


def test_each_after_its_number(tmp_path: Path) -> None:
    """The latest outcomes of every shard, also with --follow, which ends where nothing runs."""
    for number in (1, 2):
        out = directory_of(tmp_path, Shard(number, 2))
        done = invoke(
            "run", "--field", "Hotels", "--stop-after", "generation", "--quiet", "--shard", f"{number}/2", "--out", out
        )
        assert done.exit_code == 0, done.output
    lines = invoke("tail", tmp_path, "-n", "1", "--follow").output.splitlines()
    assert [line[:7] for line in lines[:-1]] == ["1/2 + g"] or [line[:7] for line in lines[:-1]] == ["2/2 + g"]
    assert lines[-1] == "the run is finished"
