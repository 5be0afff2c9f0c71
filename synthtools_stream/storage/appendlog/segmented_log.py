"""A log in segments, open for writing: a full segment is followed by the next one, and sealed in the background.

Whoever opens it claims an epoch, the next one, by making its first segment; where another process was first, the next
number is tried. Only then what counts is read, so that nobody with a higher number can have read less.

What is full is compressed by a thread of its own, one segment at a time, while the run goes on; commits never wait for
it. A disk that refuses leaves the segment as it is, which loses nothing; the next open tries again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import anyio

from synthtools_stream.errors import RunDirectoryError, StorageError
from synthtools_stream.storage.appendlog.disk import Disk
from synthtools_stream.storage.appendlog.lineage import Part, counted_parts
from synthtools_stream.storage.appendlog.log_format import After, Position, header_line
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.log_writer import AppendLog, exclusive_file
from synthtools_stream.storage.appendlog.record_lookup import RecordLookup
from synthtools_stream.storage.appendlog.sealed_log import seal, sealed_path
from synthtools_stream.storage.appendlog.segment_reader import read_part
from synthtools_stream.storage.appendlog.segments import SegmentId, SegmentPosition, Segments

__all__ = ["SEGMENT_BYTES", "OnRecord", "SegmentedLog"]

SEGMENT_BYTES = 64 << 20
"""Bytes after which a segment is full: sealing it takes half a second, and a run of a week has some hundred."""

OnRecord = Callable[[Path, int, Position, bytes], None]
"""Given a segment's path and its place in the order of reading, and a record's position in it and payload."""


class SegmentedLog:
    """A log in segments. Open it with `SegmentedLog.open`; others may have it open, too, in epochs of their own."""

    def __init__(self, writer: EpochWriter, earlier: Sequence[Part], log: AppendLog, segment_bytes: int) -> None:
        """Take over a new epoch's first segment; call `SegmentedLog.open` instead."""
        self.earlier = earlier
        """What counts of the epochs before, as it was read when the log was opened."""
        self._writer = writer
        self._ids = [*(part.segment for part in earlier), SegmentId(writer.epoch, 0)]
        self._log = log
        self._segment_bytes = segment_bytes
        self._lookup = RecordLookup()
        self._sealer = _Sealer()
        self._rotation = asyncio.Lock()  # whoever holds it may replace `_log` and add to `_ids`

    @classmethod
    async def open(
        cls,
        segments: Segments,
        config_digest: str,
        *,
        on_record: OnRecord,
        segment_bytes: int = SEGMENT_BYTES,
        disk: Disk | None = None,
    ) -> SegmentedLog:
        """Open a log in a new epoch.

        `on_record` is given every record that counts, in another thread.

        :raises RunDirectoryError: for a file that cannot be made or read, or is of another format or configuration.
        :raises LogDamage: for damage before the last intact commit, for a missing segment, and for an earlier one of an
            epoch that does not end with a commit.
        :raises StorageError: when the disk fails.
        """
        writer = await asyncio.to_thread(claim_epoch, segments, config_digest, disk)
        try:
            earlier = await asyncio.to_thread(writer.read_earlier, on_record)
        except BaseException:
            writer.give_up()
            raise
        opened = cls(writer, earlier, writer.first_log(), segment_bytes)
        for part in earlier:
            if part.full:
                opened._sealer.take(segments.path(part.segment))
        return opened

    @property
    def epoch(self) -> int:
        """Number of this process among those that opened the log for writing."""
        return self._writer.epoch

    def path(self, segment: int) -> Path:
        """Return where the segment of a position lies, or lay before it was sealed."""
        return self._writer.segments.path(self._ids[segment])

    async def append(
        self, payload: bytes, on_durable: Callable[[SegmentPosition], None] | None = None
    ) -> SegmentPosition:
        """Append one JSON value and return once it is durable; as `AppendLog.append` does.

        :raises StorageError: when the disk refuses it.
        """
        if self._rotation.locked() or self._log.size >= self._segment_bytes:
            return await _outlast(asyncio.create_task(self._put_in_turn(payload, on_durable)))
        return await self._put(payload, on_durable)

    async def read(self, position: SegmentPosition) -> bytes:
        """Read a payload.

        :raises LogDamage: if it has changed since it was written.
        :raises StorageError: when the disk cannot be read.
        """
        return await asyncio.to_thread(self._lookup.read, self.path(position.segment), position.within)

    async def begin(self) -> None:
        """Let this epoch be the latest even where it has appended nothing; nobody may append at the same time.

        :raises StorageError: when the disk refuses it.
        """
        await self._log.begin()

    async def aclose(self) -> None:
        """Write what is pending, close the last segment, and let the sealing in hand end."""
        async with self._rotation:
            await self._log.aclose()
        await self._sealer.aclose()

    async def _put(self, payload: bytes, on_durable: Callable[[SegmentPosition], None] | None) -> SegmentPosition:
        segment = len(self._ids) - 1
        told = None if on_durable is None else partial(_tell, on_durable, segment)
        return _placed(segment, await self._log.append(payload, told))

    async def _put_in_turn(
        self, payload: bytes, on_durable: Callable[[SegmentPosition], None] | None
    ) -> SegmentPosition:
        async with self._rotation:
            if self._log.size >= self._segment_bytes:
                await self._log.aclose()  # all of it is durable before a later segment exists
                full = self._ids[-1]
                following = SegmentId(full.epoch, full.number + 1)
                # The directory was fine when the run began, so what is wrong with it now can pass.
                try:
                    self._log = await self._writer.make(following)
                except (RunDirectoryError, FileExistsError) as error:
                    raise StorageError(str(error)) from error
                self._sealer.take(self._writer.segments.path(full))
                self._ids.append(following)
        return await self._put(payload, on_durable)


def claim_epoch(segments: Segments, config_digest: str, disk: Disk | None = None) -> EpochWriter:
    """Claim the next epoch of a log, whoever else does the same at this moment.

    :raises RunDirectoryError: where no file can be made.
    :raises StorageError: when the disk fails.
    """
    epoch = max((segment.epoch for segment in segments.present()), default=-1) + 1
    while True:
        path = segments.path(SegmentId(epoch, 0))
        with contextlib.suppress(FileExistsError):
            writer = EpochWriter(segments, config_digest, disk or Disk(), epoch, exclusive_file(path))
            # What a network disk lists may be old; what it makes is not. A sealed segment must not get a namesake.
            if not sealed_path(path).exists():
                return writer
            writer.give_up()
        epoch += 1


class EpochWriter:
    """Makes the segments of one epoch."""

    def __init__(self, segments: Segments, config_digest: str, disk: Disk, epoch: int, fd: int) -> None:
        """Take over a claimed epoch, whose first segment is open as `fd`; call `claim_epoch` instead."""
        self.segments = segments
        self.epoch = epoch
        self._config_digest = config_digest
        self._disk = disk
        self._fd = fd
        self._after: After | None = None

    def read_earlier(self, on_record: OnRecord) -> list[Part]:
        """Read what counts of the epochs before; returns it, with how much of it was read."""
        earlier: list[Part] = []
        begun = False
        for part in counted_parts(self.segments, before=self.epoch):
            reader = LogReader(self.segments.path(part.segment), self.segments.name.log_format, self._config_digest)
            records = 0
            for position, payload in read_part(reader, part):
                on_record(reader.path, len(earlier), position, payload)
                records = position.seq
            earlier.append(part._replace(records=records))
            begun = begun or reader.end > 0
        if self.segments.name.linear and begun:
            last = earlier[-1]
            self._after = After(last.segment.epoch, last.segment.number, last.records or 0)
        return earlier

    def first_log(self) -> AppendLog:
        return AppendLog(self.segments.path(SegmentId(self.epoch, 0)), self._fd, self._header(), self._disk)

    async def make(self, segment: SegmentId) -> AppendLog:
        return await AppendLog.create(self.segments.path(segment), self._header(), disk=self._disk)

    def give_up(self) -> None:
        """Take back a claim under which nothing was written."""
        os.close(self._fd)
        with contextlib.suppress(OSError):
            self.segments.path(SegmentId(self.epoch, 0)).unlink()

    def _header(self) -> bytes:
        return header_line(self.segments.name.log_format, self._config_digest, self.epoch, self._after)


class _Sealer:
    """Seals full segments, one after another, in a thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="seal")

    def take(self, path: Path) -> None:
        self._thread.submit(_seal_if_possible, path)

    async def aclose(self) -> None:
        """Wait for the segment in hand; what waits behind it is sealed after the next open."""
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)


def _seal_if_possible(path: Path) -> None:
    with contextlib.suppress(StorageError, FileNotFoundError):
        seal(path)


def _placed(segment: int, position: Position) -> SegmentPosition:
    return SegmentPosition(segment, position.offset, position.length)


def _tell(on_durable: Callable[[SegmentPosition], None], segment: int, position: Position) -> None:
    on_durable(_placed(segment, position))


async def _outlast(task: asyncio.Task[SegmentPosition]) -> SegmentPosition:
    """Wait for `task` to its end even when cancelled, and let the cancellation go on then."""
    cancelled: asyncio.CancelledError | None = None
    with anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as error:
                cancelled = error
    if cancelled is not None:
        task.exception()  # the cancellation goes first; asyncio need not report the failure as unseen
        raise cancelled
    return task.result()
