"""Append-only logs: their format, and the one writer (the one reader is `reading`).

On disk a log is JSON lines:

    {"format":"synthtools-stream/journal","version":1,"config":"<digest>","c":"0badcafe"}   header
    {"n":1,"c":"1a2b3c4d","r":<payload, one JSON value>}                                    record
    {"n":2,"c":"5e6f7a8b","r":<payload>}                                                    record
    {"commit":2,"of":2,"c":"9c0d1e2f"}                                                      end of a batch of 2

`n` counts records from 1 without gaps; every `c` is a CRC-32 in hex: a record's over its payload, the header's over
what stands before `,"c"`, a commit's over the heads (`{"n":1,"c":"1a2b3c4d"`) of its batch and then its own. So a
commit is intact only if its whole batch is, and a batch whose blocks reached the disk out of order before a power cut
is told from one that was whole. Lines are never rewritten.

* Group commit without linger: one thread writes and syncs whatever is pending, as one batch. It never has two batches
  in hand, so all batches before the last one are known to have been durable.
* What stands after the last intact commit is the tail: nobody was told that it is safe. Opening cuts it off.
* A bad line before a later intact commit is damage, and an error; nothing is changed.
* After a failed write the file is cut back to its last commit before anything else is appended.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import anyio

from synthtools_stream.storage.appendlog.disk import Disk, disk_faults
from synthtools_stream.storage.appendlog.log_reader import (
    MID,
    LogFormat,
    LogReader,
    Position,
    commit_line,
    header_line,
    read_record,
    record_head,
)
from synthtools_stream.storage.appendlog.torn_tail import Recovered, recover

__all__ = ["AppendLog"]


@dataclass(slots=True, eq=False)
class _Entry:
    """A record on its way to the disk, and who waits for it."""

    payload: bytes
    done: asyncio.Future[Position]
    on_durable: Callable[[Position], None] | None
    settled: bool = False

    def settle(self, position: Position) -> None:
        self.settled = True
        try:
            if self.on_durable is not None:
                self.on_durable(position)
        except Exception as error:
            self.fail(error)
        else:
            if not self.done.done():
                self.done.set_result(position)

    def fail(self, error: BaseException) -> None:
        self.settled = True
        if not self.done.done():
            self.done.set_exception(error)


class AppendLog:
    """An append-only log open for writing. Only one process may hold it (`runlock` sees to that)."""

    def __init__(self, recovered: Recovered, reader: LogReader, disk: Disk) -> None:
        """Take over an open file whose content `reader` has read; call `AppendLog.open` instead."""
        self.path = reader.path
        self.tail_bytes = recovered.tail_bytes
        """How much was cut off when the log was opened."""
        self._fd = recovered.fd
        self._end = reader.end
        self._seq = reader.seq
        self._torn = False  # bytes may stand after `_end`
        self._disk = disk
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"log-{self.path.name}")
        self._pending: list[_Entry] = []
        self._busy = False
        self._closing = False
        self._closed: asyncio.Future[None] = self._loop.create_future()

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

        Raises RunDirectoryError for a file that cannot be opened or is of another format or configuration,
        LogDamage for damage before the last intact commit, StorageError when the disk fails.
        """
        disk = disk or Disk()
        reader = LogReader(path, log_format, config_digest)
        header = header_line(log_format, config_digest)
        recovered = await asyncio.to_thread(recover, reader, header, on_record, disk)
        return cls(recovered, reader, disk)

    @property
    def size(self) -> int:
        """Bytes up to the last commit."""
        return self._end

    async def append(self, payload: bytes, on_durable: Callable[[Position], None] | None = None) -> Position:
        """Append one JSON value, without line breaks, and return once it is durable.

        `on_durable` is called on the loop, in log order, before anyone who waits for the batch goes on. A cancelled
        caller's record is written all the same, and the cancellation goes on once it is durable (or has failed).
        Raises StorageError when the disk refused the batch: none of it stands, and a later append may succeed.
        """
        if self._closing:
            raise RuntimeError(f"{self.path}: append after close")
        if b"\n" in payload:
            raise ValueError("a payload must not hold a line break")
        entry = _Entry(payload, self._loop.create_future(), on_durable)
        self._pending.append(entry)
        self._wake()
        try:
            return await entry.done
        except asyncio.CancelledError:
            await self._outlast(entry)
            raise

    async def read(self, position: Position) -> bytes:
        """Read a payload; raises LogDamage if it has changed since, StorageError when the disk cannot be read."""
        return await asyncio.to_thread(read_record, self._fd, self.path, position)

    async def aclose(self) -> None:
        """Write what is pending and close the file, which happens even if the caller is cancelled; may be repeated."""
        if not self._closing:
            self._closing = True
            self._wake()
        await asyncio.shield(self._closed)

    async def _outlast(self, entry: _Entry) -> None:
        # anyio repeats a cancellation until it is obeyed; its shield keeps that from spinning while the disk works.
        with anyio.CancelScope(shield=True):
            while not entry.settled:
                entry.done = self._loop.create_future()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await entry.done
        if not entry.done.cancelled():
            entry.done.exception()  # the cancellation goes first; asyncio need not report the failure as unseen

    def _wake(self) -> None:
        # Not at once but after all that is ready to run: whoever appends in this turn of the loop joins the batch.
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._next)

    def _next(self) -> None:
        batch, self._pending = self._pending, []
        if batch:
            writing = self._loop.run_in_executor(self._thread, self._write, [entry.payload for entry in batch])
            writing.add_done_callback(lambda written: self._settle(batch, written))
        elif self._closing:
            self._close()
        else:
            self._busy = False

    def _settle(self, batch: list[_Entry], written: asyncio.Future[list[Position]]) -> None:
        error = written.exception()
        if error is None:
            for entry, position in zip(batch, written.result(), strict=True):
                entry.settle(position)
        else:
            for entry in batch:
                entry.fail(error)
        self._loop.call_soon(self._next)

    def _close(self) -> None:
        self._thread.shutdown(wait=False)
        with contextlib.suppress(OSError):  # the tail is cut on the next open
            self._cut_back()
        os.close(self._fd)
        self._closed.set_result(None)

    def _write(self, payloads: list[bytes]) -> list[Position]:
        """Write one batch, in the log's thread; raises StorageError."""
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
