"""The reply log: every LLM reply as received, found again by the digest of its request.

Replies lie in segments: `replies-000000.jsonl`, `replies-000001.jsonl`, … A record's payload, in this order of keys:

    {"digest":"<hex>","role":…,"item":…,"reply":{…},"timing":{…}}

A process that opens the log again goes on in segments of its own, `replies-e000001-000000.jsonl`, …

The first reply under a digest stands for ever: what a run built on it must not change under it. Where two processes
were at work at once and both have asked, the later one's stands. The index keeps two integers a reply, and none for
replies of items that are finished.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import orjson

from synthtools_stream.chat.language_model import Usage
from synthtools_stream.storage.appendlog.disk import Disk
from synthtools_stream.storage.appendlog.lineage import counted_parts
from synthtools_stream.storage.appendlog.log_format import LogFormat, Position, Record
from synthtools_stream.storage.appendlog.log_reader import not_ours
from synthtools_stream.storage.appendlog.segment_reader import SegmentReader
from synthtools_stream.storage.appendlog.segmented_log import SEGMENT_BYTES, SegmentedLog
from synthtools_stream.storage.appendlog.segments import SegmentName, SegmentPosition, Segments
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = [
    "REPLY_FORMAT",
    "LoggedReply",
    "ReplyHead",
    "ReplyLog",
    "decode_reply",
    "read_replies",
    "reply_head",
    "reply_segments",
]

REPLY_FORMAT = LogFormat("synthtools-stream/replies", 1)
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


class ReplyLog:
    """The replies of a run. Open it with `ReplyLog.open`."""

    def __init__(self, log: SegmentedLog, index: _Index) -> None:
        """Take over an open log and the index of what it holds; call `ReplyLog.open` instead."""
        self._log = log
        self._index = index

    @classmethod
    async def open(
        cls,
        run_dir: Path,
        config_digest: str,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        disk: Disk | None = None,
        spent: Callable[[str], bool] | None = None,
        phases: Phases = UNTOLD,
    ) -> ReplyLog:
        """Open the replies of a run, or make their first segment; fails as `SegmentedLog.open` does.

        Replies of items that are `spent`, which nobody will ask for again, are left out of the index.
        """
        index = _Index(spent)
        log = await SegmentedLog.open(
            reply_segments(run_dir),
            config_digest,
            on_record=index.add_payload,
            segment_bytes=segment_bytes,
            disk=disk,
            phases=phases,
        )
        return cls(log, index)

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

    def lookup(self, digest: str) -> SegmentPosition | None:
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
        payload = await self._log.read(position)
        return _reply_of(self._log.path(position.segment), Record(position.within, payload)).reply

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
            mine = await self._log.append(payload, partial(self._index.add, int(digest, 16), item))
            if mine == self.lookup(digest):
                return reply
        return await self.load(digest) or reply

    async def aclose(self) -> None:
        """Write what is pending and close the log."""
        await self._log.aclose()


def reply_segments(run_dir: Path) -> Segments:
    """Return the files of a run's reply log."""
    return Segments(run_dir, SegmentName("replies", "replies-000000.jsonl", REPLY_FORMAT, linear=False))


def read_replies(run_dir: Path) -> Iterator[LoggedReply]:
    """Yield a run's replies, the latest epoch's first, changing nothing; of two under one digest the first stands.

    :raises LogDamage: for a damaged log.
    :raises StorageError: when the disk cannot be read.
    """
    segments = reply_segments(run_dir)
    reader = SegmentReader(segments, parts=counted_parts(segments))
    for record in reader:
        yield _reply_of(reader.path, record)


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

    def find(self, key: int) -> SegmentPosition | None:
        place = self._places.get(key)
        if place is None:
            return None
        length = place & ((1 << _LENGTH_BITS) - 1)
        offset = (place >> _LENGTH_BITS) & ((1 << _OFFSET_BITS) - 1)
        return SegmentPosition(place >> (_LENGTH_BITS + _OFFSET_BITS), offset, length)

    def add(self, key: int, owner: str, position: SegmentPosition) -> None:
        """Take in where a reply lies; the first under its key stands."""
        place = (position.segment << _OFFSET_BITS | position.offset) << _LENGTH_BITS | position.length
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
            self.add(head.digest, head.item, SegmentPosition(segment, position.offset, position.length))


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
