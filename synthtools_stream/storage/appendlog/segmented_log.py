"""A log in segments, open for writing: a full segment is followed by the next one, and sealed in the background.

What is full is compressed by a thread of its own, one segment at a time, while the run goes on; commits never wait for
it. A disk that refuses leaves the segment as it is, which loses nothing; the next open tries again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import anyio

from synthtools_stream.errors import RunDirectoryError, StorageError
from synthtools_stream.storage.appendlog.disk import Disk, disk_faults
from synthtools_stream.storage.appendlog.log_format import Position
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.log_writer import AppendLog
from synthtools_stream.storage.appendlog.record_lookup import RecordLookup
from synthtools_stream.storage.appendlog.sealed_log import seal, sealed_path
from synthtools_stream.storage.appendlog.segments import SegmentPosition, Segments, check_whole
from synthtools_stream.values.phases import UNTOLD, Phase, Phases

__all__ = ["SEGMENT_BYTES", "OnRecord", "SegmentedLog"]

SEGMENT_BYTES = 64 << 20
"""Bytes after which a segment is full: sealing it takes half a second, and a run of a week has some hundred."""

OnRecord = Callable[[Path, int, Position, bytes], None]
"""Given a segment's path and number, and a record's position in it and payload."""


class SegmentedLog:
    """A log in segments. Open it with `SegmentedLog.open`; only one process may hold it."""

    def __init__(self, writer: _SegmentWriter, segment: int, log: AppendLog, segment_bytes: int) -> None:
        """Take over the open last segment; call `SegmentedLog.open` instead."""
        self._writer = writer
        self._segment = segment
        self._log = log
        self._segment_bytes = segment_bytes
        self._lookup = RecordLookup()
        self._sealer = _Sealer()
        self._rotation = asyncio.Lock()  # whoever holds it may replace `_segment` and `_log`

    @classmethod
    async def open(
        cls,
        segments: Segments,
        config_digest: str,
        *,
        on_record: OnRecord,
        segment_bytes: int = SEGMENT_BYTES,
        disk: Disk | None = None,
        phases: Phases = UNTOLD,
    ) -> SegmentedLog:
        """Open a log, or make its first segment; fails as `AppendLog.open` does.

        `on_record` is given every committed record, in another thread; `phases` tell how far the reading is.

        :raises LogDamage: also for a missing segment, and for an earlier one that does not end with a commit.
        """
        writer = _SegmentWriter(segments, config_digest, disk)
        earlier, last = await asyncio.to_thread(writer.prepare)
        size = await asyncio.to_thread(segments.size)
        with phases.phase(f"reading the {segments.name.stem}", of_bytes=size) as phase:
            counted = partial(_counted, phase, on_record)
            for segment in earlier:
                await asyncio.to_thread(writer.read_earlier, segment, counted)
            log = await writer.open_last(last, counted)
        opened = cls(writer, last, log, segment_bytes)
        for segment in earlier:
            opened._sealer.take(segments.path(segment))
        return opened

    def path(self, segment: int) -> Path:
        """Return where a segment lies, or lay before it was sealed."""
        return self._writer.segments.path(segment)

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

    async def aclose(self) -> None:
        """Write what is pending, close the last segment, and let the sealing in hand end."""
        async with self._rotation:
            await self._log.aclose()
        await self._sealer.aclose()

    async def _put(self, payload: bytes, on_durable: Callable[[SegmentPosition], None] | None) -> SegmentPosition:
        segment = self._segment
        told = None if on_durable is None else partial(_tell, on_durable, segment)
        return _placed(segment, await self._log.append(payload, told))

    async def _put_in_turn(
        self, payload: bytes, on_durable: Callable[[SegmentPosition], None] | None
    ) -> SegmentPosition:
        async with self._rotation:
            if self._log.size >= self._segment_bytes:
                await self._log.aclose()  # all of it is durable before a later segment exists
                # The directory was fine when the run began, so what is wrong with it now can pass.
                try:
                    self._log = await self._writer.open_last(self._segment + 1, _nothing_yet)
                except RunDirectoryError as error:
                    raise StorageError(str(error)) from error
                self._sealer.take(self.path(self._segment))
                self._segment += 1
        return await self._put(payload, on_durable)


class _SegmentWriter:
    """Opens the segments of a log."""

    def __init__(self, segments: Segments, config_digest: str, disk: Disk | None) -> None:
        self.segments = segments
        self._config_digest = config_digest
        self._disk = disk

    def prepare(self) -> tuple[list[int], int]:
        """Clear away what a sealing that was cut off left; returns the earlier segments, and the one to be written."""
        found = self.segments.all()
        for path in map(self.segments.path, found):
            if path.exists():
                with disk_faults(path):
                    sealed_path(path).unlink(missing_ok=True)
        if found and self.segments.path(found[-1]).exists():
            return found[:-1], found[-1]
        return found, len(found)

    def read_earlier(self, segment: int, on_record: OnRecord) -> None:
        reader = LogReader(self.segments.path(segment), self.segments.name.log_format, self._config_digest)
        for position, payload in reader:
            on_record(reader.path, segment, position, payload)
        check_whole(reader)

    async def open_last(self, segment: int, on_record: OnRecord) -> AppendLog:
        path, log_format = self.segments.path(segment), self.segments.name.log_format
        told = partial(on_record, path, segment)
        return await AppendLog.open(path, log_format, self._config_digest, on_record=told, disk=self._disk)


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
        if path.exists():
            seal(path)


def _placed(segment: int, position: Position) -> SegmentPosition:
    return SegmentPosition(segment, position.offset, position.length)


def _tell(on_durable: Callable[[SegmentPosition], None], segment: int, position: Position) -> None:
    on_durable(_placed(segment, position))


def _counted(phase: Phase, on_record: OnRecord, path: Path, segment: int, position: Position, payload: bytes) -> None:
    phase.step(position.length)
    on_record(path, segment, position, payload)


def _nothing_yet(_path: Path, _segment: int, _position: Position, _payload: bytes) -> None:
    """Take in a record of a new segment: there is none."""


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
