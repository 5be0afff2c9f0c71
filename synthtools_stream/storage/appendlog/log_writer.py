"""The one writer of append-only logs; `log_format.py` describes their lines, the one reader is `log_reader.py`.

* A log is written by the process that made its file, by exclusive create, and by no other ever: who comes later begins
  a file of its own. So a writer that everybody holds for dead can spoil nothing, and no lock is needed.
* The header goes with the first batch; a log in which nothing was written is taken away when it is closed.
* Records are made durable in batches (`group_commit.py`), each ended by a commit line.
* After a failed write the file is cut back to its last commit before anything else is appended.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from synthtools_stream.errors import RunDirectoryError, StorageError
from synthtools_stream.storage.appendlog.disk import Disk, disk_faults, sync_directory
from synthtools_stream.storage.appendlog.group_commit import GroupCommit
from synthtools_stream.storage.appendlog.log_format import MID, Position, commit_line, record_head

__all__ = ["AppendLog", "exclusive_file"]


class AppendLog:
    """An append-only log open for writing, by the process that made it."""

    def __init__(self, path: Path, fd: int, header: bytes, disk: Disk) -> None:
        """Take over a file that was just made; call `AppendLog.create` instead."""
        self.path = path
        self._fd = fd
        self._header = header
        self._end = 0
        self._seq = 0
        self._torn = False  # bytes may stand after `_end`
        self._disk = disk
        self._commits = GroupCommit(f"log-{path.name}", self._write, self._close)

    @classmethod
    async def create(cls, path: Path, header: bytes, *, disk: Disk | None = None) -> AppendLog:
        """Make a log whose first line will be `header`.

        :raises FileExistsError: where there is a file already, whoever made it.
        :raises RunDirectoryError: for a file that cannot be made.
        :raises StorageError: when the disk fails.
        """
        return cls(path, await asyncio.to_thread(exclusive_file, path), header, disk or Disk())

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

    async def begin(self) -> None:
        """Write the header now, where nothing was appended; nobody may append at the same time.

        :raises StorageError: when the disk refuses it.
        """
        if self._end == 0:
            await asyncio.to_thread(self._put, self._header)

    async def aclose(self) -> None:
        """Write what is pending and close the file, which happens even if the caller is cancelled; may be repeated."""
        await self._commits.aclose()

    def _close(self) -> None:
        with contextlib.suppress(OSError):  # whoever reads stops before the tail
            self._cut_back()
        with contextlib.suppress(OSError):
            if self._end == 0:
                self.path.unlink()
        os.close(self._fd)

    def _write(self, payloads: list[bytes]) -> list[Position]:
        """Write one batch, in the log's thread.

        :raises StorageError: when the disk refuses it.
        """
        header = b"" if self._end else self._header
        seq, offset = self._seq, self._end + len(header)
        heads: list[bytes] = []
        parts: list[bytes] = [header]
        positions: list[Position] = []
        for payload in payloads:
            seq += 1
            head = record_head(seq, payload)
            heads.append(head)
            start = offset + len(head) + len(MID)
            positions.append(Position(start, len(payload), seq))
            parts += (head, MID, payload, b"}\n")
            offset = start + len(payload) + 2
        self._put(b"".join((*parts, commit_line(seq, heads))))
        self._seq = seq
        return positions

    def _put(self, data: bytes) -> None:
        with disk_faults(self.path):
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


def exclusive_file(path: Path) -> int:
    """Make a file that nobody has made before, and return its descriptor.

    :raises FileExistsError: where there is one.
    :raises RunDirectoryError: where none can be made.
    :raises StorageError: when the disk fails.
    """
    unusable = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        sync_directory(path.parent)
    except FileExistsError:
        raise
    except unusable as error:
        raise RunDirectoryError(f"cannot open the log: {error.strerror} ({path})") from error
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from error
    return fd
