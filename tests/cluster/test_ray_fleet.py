"""Without Ray the command says what is missing; with it, `bin/cluster` tries everything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from synthtools_stream.cluster.ray_fleet import Room, ray_fleet
from synthtools_stream.errors import UsageError
from tests.faults.faultkit import invoke


def test_ray_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and the code of a mistake; nothing is made."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"synthtools-stream\[ray\]"), ray_fleet("", Room(), 1):
        pass
    done = invoke("cluster", "run", "--shards", "2", "--field", "Hotels", "--out", tmp_path / "out")
    assert (done.exit_code, "pip install" in done.output) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--shards", "0"), "is not in the range"),
        ((), "Missing option '--shards'"),
        (("--shards", "2", "--serve", "vllm serve X"), "must name {port}"),
        (("--shards", "2", "--serve", "x {port}", "--server-url", "http://a"), "who answers"),
        (("--shards", "4", "--max-tasks", "3"), "cannot be shared among 4 shards"),
        (("--shards", "2", "--tasks", "nowhere.jsonl"), "nowhere.jsonl"),
        (("--shards", "2", "--deadline", "soon"), "is neither seconds"),
    ],
)
def test_mistakes_are_told_before_anything_begins(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    """In one line, with the code of a mistake."""
    done = invoke("cluster", "run", *words, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert told in done.output
    assert done.output.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_shard_in_the_file(tmp_path: Path) -> None:
    """A configuration that is one shard's is none for all of them."""
    (tmp_path / "c.toml").write_text('shard = "1/2"\n')
    done = invoke("cluster", "run", tmp_path / "c.toml", "--shards", "2", "--out", tmp_path / "out")
    assert (done.exit_code, "say how many with --shards" in done.output) == (2, True)
