"""`progress.jsonl`: a run's snapshots and events, one a line; it stays short however long the run goes on.

A line with the key `event` is no snapshot. The file holds the latest lines, all of them. Once it is full, its snapshots
move to `progress-older.jsonl`, which is thinned each time to lines that stand evenly over all the time that the run was
at work, and `progress.jsonl` begins again with its last line. It is the same file all the while, so `tail -f` goes on.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import aiofiles
import orjson
from anyio import CancelScope, to_thread

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["PROGRESS_FILE", "ProgressFile", "last_snapshot", "read_snapshots"]

PROGRESS_FILE = "progress.jsonl"
"""Where a run tells, in its directory, how it goes."""

_MOST_LINES = 4096
"""Lines of `progress.jsonl`, 4 MB: at one every two seconds more than two hours, seen closely."""
_OLDER_LINES = 2048
"""Lines of `progress-older.jsonl`, besides those that end a session: one every five minutes of a week."""
_TAIL_BYTES = 1 << 16
"""Bytes at the end of the file that are read for its last line: a snapshot has about 1 kB."""


class ProgressFile:
    """Appends snapshots.

    :raises OSError: by every method, when the disk refuses it.
    """

    def __init__(self, path: Path, *, most: int = _MOST_LINES, older: int = _OLDER_LINES) -> None:
        """Keep the latest `most` snapshots at `path`, and `older` of those before beside it."""
        self.path = path
        self._older_path = path.with_name(f"{path.stem}-older{path.suffix}")
        self._most, self._older = most, older
        self._lines: int | None = None  # not counted yet
        self._writing = asyncio.Lock()

    async def append(self, snapshot: JsonObject) -> None:
        """Add one snapshot, or event, as the last line; begun, it is written to its end: no half of it stays."""
        with CancelScope(shield=True):  # against anyio's, which would be repeated; asyncio's comes once
            writing = asyncio.ensure_future(self._append(snapshot))
            try:
                await asyncio.shield(writing)
            except asyncio.CancelledError:
                await writing
                raise

    async def _append(self, snapshot: JsonObject) -> None:
        async with self._writing:
            if self._lines is None:
                self._lines = len(await to_thread.run_sync(_lines, self.path))
            if self._lines >= self._most:
                await to_thread.run_sync(self._move_on)
                self._lines = 1
            async with aiofiles.open(self.path, "ab") as file:
                await file.write(orjson.dumps(snapshot, option=orjson.OPT_APPEND_NEWLINE))
            self._lines += 1

    def _move_on(self) -> None:
        lines = _lines(self.path)
        beside = self._older_path.with_name(f".{self._older_path.name}.new")
        beside.write_bytes(b"".join(_spread([*_lines(self._older_path), *lines[:-1]], self._older)))
        beside.replace(self._older_path)
        # In place, for those who have the file open: at any moment its end is a whole line.
        with self.path.open("r+b") as file:
            file.write(lines[-1])
            file.truncate()


def last_snapshot(directory: Path) -> JsonObject | None:
    """Return the last snapshot of a run's `progress.jsonl`, reading no more than the file's end; None without one."""
    try:
        with (directory / PROGRESS_FILE).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return None
    for line in reversed(lines[:-1]):
        if (snapshot := _read(line)) is not None and "event" not in snapshot:
            return snapshot
    return None


def read_snapshots(directory: Path) -> Iterator[JsonObject]:
    """Yield the snapshots that are left of a run, the oldest first."""
    for name in ("progress-older.jsonl", PROGRESS_FILE):
        for line in _lines(directory / name):
            if (snapshot := _read(line)) is not None and "event" not in snapshot:
                yield snapshot


def _lines(path: Path) -> list[bytes]:
    """Return the whole lines of a file; none where there is no file."""
    try:
        return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    except FileNotFoundError:
        return []


def _spread(lines: Sequence[bytes], wanted: int) -> list[bytes]:
    """Choose about `wanted` lines that stand evenly over the time at work, and all that end a session."""
    shots = [(line, shot) for line in lines if (shot := _read(line)) is not None and "event" not in shot]
    moments = _moments([shot for _, shot in shots])
    gap = moments[-1] / wanted if moments else 0.0
    chosen, due = list[bytes](), 0.0
    for (line, shot), moment in zip(shots, moments, strict=True):
        if moment >= due:
            due = moment + gap
        elif shot.get("state") == "running":
            continue
        chosen.append(line)
    return chosen


def _moments(shots: Sequence[JsonObject]) -> list[float]:
    """Return how long the run had been at work at each snapshot, all sessions together, in seconds."""
    moments, total, before = list[float](), 0.0, 0.0
    for shot in shots:
        elapsed = _seconds(shot.get("elapsed_s"))
        total += elapsed - before if elapsed >= before else elapsed  # a new session begins at 0
        before = elapsed
        moments.append(total)
    return moments


def _seconds(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _read(line: bytes) -> JsonObject | None:
    try:
        snapshot = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return snapshot if isinstance(snapshot, dict) else None
