"""The reply log: every LLM reply as received, found again by the digest of its request.

Replies lie in segments `replies-000000.jsonl`, `replies-000001.jsonl`, … each an append log of its own. A segment that
has reached its size is sealed and the next one begun, so only the last can have a tail; in an earlier one a tail is
damage. A record's payload, in this order of keys:

    {"digest":"<hex>","role":…,"item":…,"reply":{…},"timing":{…}}

The first reply under a digest stands for ever: what a run built on it must not change under it. The index keeps two
integers a reply, and none for replies of items that are finished; sealed segments are opened only while one of their
replies is read.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import anyio
import orjson

from synthtools_stream.chat.language_model import Usage
from synthtools_stream.errors import LogDamage, RunDirectoryError, StorageError
from synthtools_stream.storage.appendlog.disk import Disk, disk_faults
from synthtools_stream.storage.appendlog.log_format import LogFormat, Position, Record
from synthtools_stream.storage.appendlog.log_reader import LogReader, not_ours, read_record
from synthtools_stream.storage.appendlog.log_writer import AppendLog
from synthtools_stream.values.jsontypes import JsonObject

__all__ = [
    "REPLY_FORMAT",
    "SEGMENT_BYTES",
    "LoggedReply",
    "ReplyHead",
    "ReplyLog",
    "ReplyPosition",
    "decode_reply",
    "read_replies",
    "reply_head",
    "segment_numbers",
    "segment_path",
    "segments_of",
]

REPLY_FORMAT = LogFormat("synthtools-stream/replies", 1)
SEGMENT_BYTES = 256 << 20
"""Bytes after which a segment is sealed: `compact` rewrites one at a time, and a run of a week has some hundred."""
_NAME = re.compile(r"replies-(\d{6})\.jsonl")
_HEAD = re.compile(rb'\{"digest":"([0-9a-f]+)","role":"[^"\\]*","item":"([^"\\]*)","reply":\{')
"""How a payload begins whose names need no escapes: reading no more than this makes a resume fast."""
_USAGE = re.compile(rb'"usage":\{"prompt_tokens":(\d+),"completion_tokens":(\d+)')  # quotes in texts are escaped
_CACHED = re.compile(rb'"cached_tokens":(\d+)')
_DIGEST = re.compile(r"[0-9a-f]+")
_OFFSET_BITS, _LENGTH_BITS = 48, 32


class LoggedReply(NamedTuple):
    """One record of the reply log."""

    digest: str
    """Hex digest of the request."""
    role: str
    item: str
    reply: JsonObject
    timing: JsonObject


class ReplyHead(NamedTuple):
    """What a record says of its reply, read without decoding it."""

    digest: int
    item: str
    usage: Usage


class ReplyPosition(NamedTuple):
    """Where a reply lies: in which segment, and where in it."""

    segment: int
    offset: int
    length: int


class ReplyLog:
    """The replies of a run. Open it with `ReplyLog.open`."""

    def __init__(self, segments: _Segments, segment: int, log: AppendLog, index: _Index, segment_bytes: int) -> None:
        """Take over the open last segment and the index of all; call `ReplyLog.open` instead."""
        self._segments = segments
        self._segment = segment
        self._log = log
        self._index = index
        self._segment_bytes = segment_bytes
        self._rotation = asyncio.Lock()  # whoever holds it may replace `_segment` and `_log`

    @classmethod
    async def open(
        cls,
        run_dir: Path,
        config_digest: str,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        disk: Disk | None = None,
        spent: Callable[[str], bool] | None = None,
    ) -> ReplyLog:
        """Open the replies of a run, or make their first segment; fails as `AppendLog.open` does.

        Replies of items that are `spent`, which nobody will ask for again, are left out of the index.

        :raises LogDamage: also for a missing segment, and for an earlier one that does not end with a commit.
        """
        segments = _Segments(run_dir, config_digest, disk)
        index = _Index(spent)
        *sealed, last = await asyncio.to_thread(segments_of, run_dir) or [0]
        for segment in sealed:
            await asyncio.to_thread(segments.read_sealed, segment, index)
        log = await segments.open_last(last, index)
        return cls(segments, last, log, index, segment_bytes)

    def __len__(self) -> int:
        """Count the requests that have a reply in the index."""
        return len(self._index)

    @property
    def usage(self) -> Usage:
        """Tokens of all replies that the log held when it was opened."""
        return self._index.usage

    @property
    def recorded(self) -> int:
        """How many replies the log held when it was opened, those of spent items included."""
        return self._index.recorded

    def lookup(self, digest: str) -> ReplyPosition | None:
        """Tell where the reply to a request lies; None if there is none yet."""
        return self._index.find(int(digest, 16))

    async def load(self, digest: str) -> JsonObject | None:
        """Read the reply to a request; None if there is none yet.

        :raises LogDamage: if its record has changed since it was written.
        :raises StorageError: when the disk cannot be read.
        """
        position = self.lookup(digest)
        if position is None:
            return None
        return (await asyncio.to_thread(self._segments.read, position)).reply

    async def append(
        self, digest: str, role: str, item: str, reply: JsonObject, timing: JsonObject | None = None
    ) -> JsonObject:
        """Record a reply and return, once it is durable, the one that stands: this one, or an earlier one.

        A cancelled caller's reply is recorded all the same.

        :raises StorageError: when the disk refuses it.
        """
        if self.lookup(digest) is None:
            logged = LoggedReply(digest, role, item, reply, timing or {})
            payload = orjson.dumps(logged._asdict())
            if self._rotation.locked() or self._log.size >= self._segment_bytes:
                mine = await _outlast(asyncio.create_task(self._put_in_turn(digest, item, payload)))
            else:
                mine = await self._put(digest, item, payload)
            if mine == self.lookup(digest):
                return reply
        return await self.load(digest) or reply

    async def aclose(self) -> None:
        """Write what is pending and close the last segment."""
        async with self._rotation:
            await self._log.aclose()

    async def _put(self, digest: str, item: str, payload: bytes) -> ReplyPosition:
        segment = self._segment
        position = await self._log.append(payload, partial(self._index.add, int(digest, 16), item, segment))
        return ReplyPosition(segment, position.offset, position.length)

    async def _put_in_turn(self, digest: str, item: str, payload: bytes) -> ReplyPosition:
        async with self._rotation:
            if self._log.size >= self._segment_bytes:
                await self._log.aclose()  # all of it is durable before a later segment exists
                # The directory was fine when the run began, so what is wrong with it now can pass.
                try:
                    self._log = await self._segments.open_last(self._segment + 1, self._index)
                except RunDirectoryError as error:
                    raise StorageError(str(error)) from error
                self._segment += 1
        return await self._put(digest, item, payload)


def read_replies(run_dir: Path) -> Iterator[LoggedReply]:
    """Yield a run's replies in log order, changing nothing; of two under one digest the first stands.

    :raises RunDirectoryError: when there are none.
    :raises LogDamage: for a damaged log.
    :raises StorageError: when the disk cannot be read.
    """
    for segment in segments_of(run_dir) or [0]:
        path = segment_path(run_dir, segment)
        for record in LogReader(path, REPLY_FORMAT):
            yield _reply_of(path, record)


class _Segments(NamedTuple):
    """The files of a reply log."""

    run_dir: Path
    config_digest: str
    disk: Disk | None

    async def open_last(self, segment: int, index: _Index) -> AppendLog:
        path = segment_path(self.run_dir, segment)
        on_record = partial(index.add_payload, path, segment)
        return await AppendLog.open(path, REPLY_FORMAT, self.config_digest, on_record=on_record, disk=self.disk)

    def read_sealed(self, segment: int, index: _Index) -> None:
        reader = LogReader(segment_path(self.run_dir, segment), REPLY_FORMAT, self.config_digest)
        for position, payload in reader:
            index.add_payload(reader.path, segment, position, payload)
        with disk_faults(reader.path):
            if reader.path.stat().st_size != reader.end:
                raise LogDamage(reader.path, reader.lines + 1, "a sealed segment does not end with a commit")

    def read(self, position: ReplyPosition) -> LoggedReply:
        path = segment_path(self.run_dir, position.segment)
        place = Position(position.offset, position.length, 0)
        with disk_faults(path), path.open("rb", buffering=0) as file:
            return _reply_of(path, Record(place, read_record(file.fileno(), path, place)))


class _Index:
    """Maps a request's digest to the place of the reply that stands, both as integers.

    A long run would fill the memory with the replies of its finished items, so with each reply that comes one owner is
    looked at, in turn, and when it is spent its replies are forgotten.
    """

    def __init__(self, spent: Callable[[str], bool] | None = None) -> None:
        self.usage = Usage()
        self.recorded = 0
        self._spent = spent
        self._places: dict[int, int] = {}
        self._owned: OrderedDict[str, list[int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._places)

    def find(self, key: int) -> ReplyPosition | None:
        place = self._places.get(key)
        if place is None:
            return None
        length = place & ((1 << _LENGTH_BITS) - 1)
        offset = (place >> _LENGTH_BITS) & ((1 << _OFFSET_BITS) - 1)
        return ReplyPosition(place >> (_LENGTH_BITS + _OFFSET_BITS), offset, length)

    def add(self, key: int, owner: str, segment: int, position: Position) -> None:
        place = (segment << _OFFSET_BITS | position.offset) << _LENGTH_BITS | position.length
        if self._places.setdefault(key, place) == place and self._spent is not None:
            self._forget_one(self._spent)
            self._owned.setdefault(owner, []).append(key)

    def _forget_one(self, spent: Callable[[str], bool]) -> None:
        """Look at the owner that was not looked at for the longest time."""
        if self._owned:
            owner, keys = self._owned.popitem(last=False)
            if spent(owner):
                for key in keys:
                    del self._places[key]
            else:
                self._owned[owner] = keys

    def add_payload(self, path: Path, segment: int, position: Position, payload: bytes) -> None:
        """Take in a record of the log.

        :raises LogDamage: if it is no reply.
        """
        head = reply_head(path, Record(position, payload))
        self.recorded += 1
        self.usage += head.usage
        if self._spent is None or not self._spent(head.item):
            self.add(head.digest, head.item, segment, position)


def segment_path(run_dir: Path, segment: int) -> Path:
    """Return where a segment lies."""
    return run_dir / f"replies-{segment:06d}.jsonl"


def segments_of(run_dir: Path) -> list[int]:
    """List the segments of a run.

    :raises LogDamage: if one is missing between them.
    """
    found = segment_numbers(run_dir)
    for expected, segment in enumerate(found):
        if segment != expected:
            raise LogDamage(segment_path(run_dir, expected), 1, "this segment is missing")
    return found


def segment_numbers(run_dir: Path) -> list[int]:
    """List the segments that are there."""
    return sorted(int(match[1]) for path in run_dir.glob("replies-*") if (match := _NAME.fullmatch(path.name)))


def reply_head(path: Path, record: Record) -> ReplyHead:
    """Return what a record says of its reply.

    :raises LogDamage: if the record holds something else, however intact.
    """
    payload = record.payload
    head = _HEAD.match(payload)
    if head is not None:
        return ReplyHead(int(head[1], 16), head[2].decode(errors="replace"), _usage_of(payload))
    logged = _reply_of(path, record)
    return ReplyHead(int(logged.digest, 16), logged.item, _usage_of(payload))


def decode_reply(payload: bytes) -> LoggedReply:
    """Return the reply of a record's payload.

    :raises ValueError: where it is none.
    """
    fields = orjson.loads(payload)
    try:
        logged = LoggedReply(**fields)
    except TypeError as error:
        raise ValueError("other keys than a reply's") from error
    words = (logged.digest, logged.role, logged.item)
    if not (all(type(word) is str for word in words) and type(logged.reply) is type(logged.timing) is dict):
        raise ValueError("values of other types than a reply's")
    if _DIGEST.fullmatch(logged.digest) is None:
        raise ValueError("a digest that is none")
    return logged


def _reply_of(path: Path, record: Record) -> LoggedReply:
    try:
        return decode_reply(record.payload)
    except ValueError as error:
        raise not_ours(path, record, "reply", error) from error


def _usage_of(payload: bytes) -> Usage:
    """Return the tokens of a record's reply, without decoding it."""
    used, at = _USAGE.search(payload), payload.rfind(b'"cached_tokens":')
    cached = _CACHED.match(payload, at) if at >= 0 else None
    return Usage(int(used[1]) if used else 0, int(used[2]) if used else 0, int(cached[1]) if cached else 0)


async def _outlast(task: asyncio.Task[ReplyPosition]) -> ReplyPosition:
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
