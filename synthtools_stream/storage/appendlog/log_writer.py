"""The one writer of append-only logs; `log_format.py` describes their lines, the one reader is `log_reader.py`.

* Opening a log cuts its torn tail off (`torn_tail.py`) and gives a new one its header. Damage is an error, and then
  nothing is changed.
* Records are made durable in batches (`group_commit.py`), each ended by a commit line.
* After a failed write the file is cut back to its last commit before anything else is appended.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import RunDirectoryError, boundary
from synthtools_stream.storage.appendlog.disk import Disk, disk_faults, sync_directory
from synthtools_stream.storage.appendlog.group_commit import GroupCommit
from synthtools_stream.storage.appendlog.log_format import (
    MID,
    LogFormat,
    Position,
    commit_line,
    header_line,
    record_head,
)
from synthtools_stream.storage.appendlog.log_reader import LogReader

__all__ = ["AppendLog"]


class _Opened(NamedTuple):
    """A log file open for writing, which ends with its last intact commit."""

    fd: int
    tail_bytes: int


class AppendLog:
    """An append-only log open for writing. Only one process may hold it (`run_lock.py` sees to that)."""

    def __init__(self, opened: _Opened, reader: LogReader, disk: Disk) -> None:
        """Take over an open file whose content `reader` has read; call `AppendLog.open` instead."""
        self.path = reader.path
        self.tail_bytes = opened.tail_bytes
        """How much was cut off when the log was opened."""
        self._fd = opened.fd
        self._end = reader.end
        self._seq = reader.seq
        self._torn = False  # bytes may stand after `_end`
        self._disk = disk
        self._commits = GroupCommit(f"log-{self.path.name}", self._write, self._close)

    @classmethod
    async def open(
        cls,
        path: Path,
        log_format: LogFormat,
        config_digest: str,
        *,
        on_record: Callable[[Position, bytes], None] | None = None,
        disk: Disk | None = None,
    ) -> AppendLog:
        """Open a log, or make it; `on_record` is given every committed record, in another thread.

        :raises RunDirectoryError: for a file that cannot be opened or is of another format or configuration.
        :raises LogDamage: for damage before the last intact commit.
        :raises StorageError: when the disk fails.
        """
        disk = disk or Disk()
        reader = LogReader(path, log_format, config_digest)
        header = header_line(log_format, config_digest)
        opened = await asyncio.to_thread(_open, reader, header, on_record, disk)
        return cls(opened, reader, disk)

    @property
    def size(self) -> int:
        """Bytes up to the last commit."""
        return self._end

    async def append(self, payload: bytes, on_durable: Callable[[Position], None] | None = None) -> Position:
        """Append one JSON value, without line breaks, and return once it is durable.

        `on_durable` is called on the loop, in log order, before anyone who waits for the batch goes on. A cancelled
        caller's record is written all the same, and the cancellation goes on once it is durable (or has failed).

        :raises StorageError: when the disk refused the batch: none of it stands, and a later append may succeed.
        """
        if self._commits.closing:
            raise RuntimeError(f"{self.path}: append after close")
        if b"\n" in payload:
            raise ValueError("a payload must not hold a line break")
        return await self._commits.append(payload, on_durable)

    async def aclose(self) -> None:
        """Write what is pending and close the file, which happens even if the caller is cancelled; may be repeated."""
        await self._commits.aclose()

    def _close(self) -> None:
        with contextlib.suppress(OSError):  # the tail is cut on the next open
            self._cut_back()
        os.close(self._fd)

    def _write(self, payloads: list[bytes]) -> list[Position]:
        """Write one batch, in the log's thread.

        :raises StorageError: when the disk refuses it.
        """
        seq, offset = self._seq, self._end
        heads: list[bytes] = []
        parts: list[bytes] = []
        positions: list[Position] = []
        for payload in payloads:
            seq += 1
            head = record_head(seq, payload)
            heads.append(head)
            start = offset + len(head) + len(MID)
            positions.append(Position(start, len(payload), seq))
            parts += (head, MID, payload, b"}\n")
            offset = start + len(payload) + 2
        with disk_faults(self.path):
            self._put(b"".join((*parts, commit_line(seq, heads))))
        self._seq = seq
        return positions

    def _put(self, data: bytes) -> None:
        self._cut_back()
        self._torn = True
        try:
            self._disk.write(self._fd, data, self._end)
        except OSError:
            with contextlib.suppress(OSError):  # tried again before the next batch
                self._cut_back()
            raise
        self._end += len(data)
        self._torn = False

    def _cut_back(self) -> None:
        if self._torn:
            self._disk.cut(self._fd, self._end)
            self._torn = False


def _open(reader: LogReader, header: bytes, on_record: Callable[[Position, bytes], None] | None, disk: Disk) -> _Opened:
    """Open a log's file and read it with `reader`; cut the tail, or write a new log's header.

    Nothing has been changed where this raises what `AppendLog.open` does.
    """
    path = reader.path
    unusable = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
    with disk_faults(path), boundary("cannot open the log", *unusable, as_=RunDirectoryError):
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        for position, payload in reader:
            if on_record is not None:
                on_record(position, payload)
        with disk_faults(path):
            return _Opened(fd, _cut_tail(fd, reader, header, disk))
    except BaseException:
        os.close(fd)
        raise


def _cut_tail(fd: int, reader: LogReader, header: bytes, disk: Disk) -> int:
    tail = os.fstat(fd).st_size - reader.end
    if reader.end == 0 and not header.startswith(os.pread(fd, len(header) + 1, 0)):
        raise RunDirectoryError(f"{reader.path}: not one of our logs")
    if tail:
        disk.cut(fd, reader.end)
    if reader.end == 0:
        disk.write(fd, header, 0)
        sync_directory(reader.path.parent)
        reader.end, reader.lines = len(header), 1
    return tail
