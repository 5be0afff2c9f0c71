"""Small logs of numbered payloads, and a disk that runs full."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from synthtools_stream.storage.appendlog.disk import Disk
from synthtools_stream.storage.appendlog.log_format import (
    MID,
    LogFormat,
    Position,
    commit_line,
    header_line,
    record_head,
)
from synthtools_stream.storage.appendlog.log_reader import LogReader, scan
from synthtools_stream.storage.appendlog.log_writer import AppendLog

FORMAT = LogFormat("synthtools-stream/test", 1)


class FullDisk(Disk):
    """Writes `room` more bytes, then refuses until `room` is set again; a cut fails while `stuck`."""

    def __init__(self) -> None:
        self.room: int | None = None
        self.stuck = False

    def write(self, fd: int, data: bytes, offset: int) -> None:
        if self.room is None:
            super().write(fd, data, offset)
            return
        os.pwrite(fd, data[: self.room], offset)
        raise OSError(errno.ENOSPC, "No space left on device")

    def cut(self, fd: int, size: int) -> None:
        if self.stuck:
            raise OSError(errno.EIO, "Input/output error")
        super().cut(fd, size)


def payload(number: int) -> bytes:
    return b'{"x":%d}' % number


def payloads(path: Path) -> list[bytes]:
    return [record.payload for record in scan(path, FORMAT, "digest")]


async def open_log(path: Path, disk: Disk | None = None) -> AppendLog:
    return await AppendLog.create(path, header_line(FORMAT, "digest"), disk=disk)


async def write_log(path: Path, batches: Iterable[Iterable[int]]) -> list[Position]:
    """Write a log whose batches are known."""
    log = await open_log(path)
    positions: list[Position] = []
    for batch in batches:
        positions += await asyncio.gather(*(log.append(payload(number)) for number in batch))
    await log.aclose()
    return positions


def add_batch(path: Path, numbers: Sequence[int]) -> None:
    """Add one more batch to a whole log, as its writer would have."""
    reader = LogReader(path, FORMAT, "digest")
    seq = sum(1 for _ in reader)
    heads = [record_head(seq + place, payload(number)) for place, number in enumerate(numbers, 1)]
    lines = [b"%b%b%b}\n" % (head, MID, payload(number)) for head, number in zip(heads, numbers, strict=True)]
    with path.open("ab") as file:
        file.write(b"".join((*lines, commit_line(seq + len(heads), heads))))
