"""`progress.jsonl`: short however long a run goes on, and a reader who has it open goes on with it."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import orjson

from synthtools_stream.storage.rundir.progress_file import ProgressFile, last_snapshot
from synthtools_stream.values.jsontypes import JsonObject


def shot(second: int, state: str = "running") -> JsonObject:
    return {"elapsed_s": float(second), "state": state}


def seconds(path: Path) -> list[float]:
    return [orjson.loads(line)["elapsed_s"] for line in path.read_bytes().splitlines()]


def filled(directory: Path, *sessions: int) -> ProgressFile:
    """Write sessions of so many snapshots, one a second, the last of each being its end."""
    progress = ProgressFile(directory / "progress.jsonl", most=100, older=50)
    asyncio.run(_fill(progress, sessions))
    return progress


async def _fill(progress: ProgressFile, sessions: Sequence[int]) -> None:
    for length in sessions:
        for second in range(length):
            await progress.append(shot(second, "stopped" if second == length - 1 else "running"))


def test_short_runs_keep_everything(tmp_path: Path) -> None:
    """Nothing is moved or thinned before the file is full."""
    filled(tmp_path, 100)
    assert seconds(tmp_path / "progress.jsonl") == list(range(100))
    assert [path.name for path in tmp_path.iterdir()] == ["progress.jsonl"]


def test_long_runs_stay_bounded(tmp_path: Path) -> None:
    """After any time both files are bounded: the latest snapshots are all there, older ones evenly spread."""
    filled(tmp_path, 10_000)
    latest, older = seconds(tmp_path / "progress.jsonl"), seconds(tmp_path / "progress-older.jsonl")
    assert latest == list(range(10_000 - len(latest), 10_000))
    assert 1 < len(latest) <= 100
    assert 25 <= len(older) <= 51
    gaps = [after - before for before, after in pairwise(older)]
    assert older[0] == 0
    assert max(gaps) < 3 * min(gaps[:-1]), "as dense at the beginning as at the end"
    assert last_snapshot(tmp_path) == shot(9999, "stopped")


def test_sessions_count_together(tmp_path: Path) -> None:
    """The time at work of all sessions is spread over, and the end of each session stays."""
    filled(tmp_path, 1500, 30, 1500, 99)
    lines = (tmp_path / "progress-older.jsonl").read_bytes().splitlines()
    ends = [one["elapsed_s"] for one in map(orjson.loads, lines) if one["state"] == "stopped"]
    assert ends == [1499, 29, 1499]
    assert len(lines) <= 51 + len(ends)


def test_goes_on_with_a_full_file(tmp_path: Path) -> None:
    """What an earlier session left counts, and a line that a crash tore hurts nothing."""
    filled(tmp_path, 100)
    with (tmp_path / "progress.jsonl").open("ab") as file:
        file.write(b'{"elapsed')
    filled(tmp_path, 3)
    assert seconds(tmp_path / "progress.jsonl") == [99, 0, 1, 2]
    assert last_snapshot(tmp_path) == shot(2, "stopped")


def test_tail_goes_on(tmp_path: Path) -> None:
    """`tail -f` shows what comes after the file began again."""
    path = tmp_path / "progress.jsonl"
    progress = filled(tmp_path, 99)
    with subprocess.Popen(
        ["tail", "-n", "1", "-s", "0.02", "-f", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as tail:
        assert tail.stdout is not None
        assert orjson.loads(tail.stdout.readline()) == shot(98, "stopped")
        for second in range(100, 130):
            asyncio.run(progress.append(shot(second)))
            shown = orjson.loads(tail.stdout.readline())
            while shown != shot(second):
                shown = orjson.loads(tail.stdout.readline())
        tail.kill()
    assert len(seconds(path)) < 40
