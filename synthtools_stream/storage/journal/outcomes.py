"""The journal: how every item left every stage, on an append log; and the index that a resume asks.

A record's payload, in this order of keys:

    {"stage":…,"item":…,"outcome":"done|rejected|failed","reason":…,"detail":…,
     "outputs":[…],"extra":{…},"usage":{…},"timing":{…}}

It lies in segments: `journal.jsonl`, `journal-000001.jsonl`, …; a process that opens it again goes on in segments of
its own, `journal-e000001-000000.jsonl`, …, and `appendlog/lineage` says which outcomes of which process count.

The index keeps for each item where its last outcome lies and of what kind it is, never the outcome itself: about
35 bytes an item, whatever its outputs weigh. A `failed` item is not finished: the next run tries it again, and its
later outcome supersedes. A finished item never gets a second outcome.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import LogDamage
from synthtools_stream.storage.appendlog.disk import Disk
from synthtools_stream.storage.appendlog.lineage import latest_epoch
from synthtools_stream.storage.appendlog.log_format import LogFormat, Position, Record
from synthtools_stream.storage.appendlog.log_reader import LogReader, line_of, not_ours
from synthtools_stream.storage.appendlog.segment_reader import SegmentReader
from synthtools_stream.storage.appendlog.segmented_log import SEGMENT_BYTES, SegmentedLog
from synthtools_stream.storage.appendlog.segments import FIRST, SegmentName, SegmentPosition, Segments
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.packed_index import PackedIndex, Place
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = [
    "JOURNAL_FORMAT",
    "JOURNAL_NAME",
    "Journal",
    "count_passed_over",
    "has_journal",
    "journal_segments",
    "outcome_of",
    "read_counts",
    "read_epoch",
    "read_outcomes",
    "read_seen",
]

JOURNAL_NAME = "journal.jsonl"
JOURNAL_FORMAT = LogFormat("synthtools-stream/journal", 1)
_OFFSET_BITS = 40
"""Bits of an index's place for the offset in a segment, a TiB; what lies above is the segment's number."""


class Journal:
    """The outcomes of a run. Open it with `Journal.open`."""

    def __init__(self, segments: Segments, log: SegmentedLog, index: _Index) -> None:
        """Take over an open log and the index of what it holds; call `Journal.open` instead."""
        self._segments = segments
        self._log = log
        self._index = index
        self._writing: set[int] = set()
        self.settled = 0
        """Outcomes that were written since it was opened."""
        self._callbacks: list[Callable[[Outcome], None]] = []
        self._rooms: list[Callable[[], Awaitable[None]]] = []

    @classmethod
    async def open(
        cls,
        run_dir: Path,
        config_digest: str,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        disk: Disk | None = None,
        phases: Phases = UNTOLD,
    ) -> Journal:
        """Open the journal of a run, or make it; fails as `SegmentedLog.open` does."""
        index, segments = _Index(), journal_segments(run_dir)
        log = await SegmentedLog.open(
            segments,
            config_digest,
            on_record=index.add_payload,
            segment_bytes=segment_bytes,
            disk=disk,
            phases=phases,
        )
        return cls(segments, log, index)

    @property
    def path(self) -> Path:
        """The journal's first file."""
        return self._segments.path(FIRST)

    @property
    def epoch(self) -> int:
        """Number of this process among those that opened the run's journal for writing."""
        return self._log.epoch

    def earlier(self) -> Iterator[Outcome]:
        """Yield the outcomes that counted when the journal was opened, in journal order; fails as `read_outcomes` does.

        Whatever another process has written since then is not among them.
        """
        return _outcomes_of(SegmentReader(self._segments, parts=self._log.earlier))

    def overtaken_by(self) -> int | None:
        """Tell which later epoch has written something, so that its outcomes count, and ours no more; None mostly.

        Fails as `read_outcomes` does.
        """
        latest = latest_epoch(self._segments)
        return latest if latest > self.epoch else None

    def subscribe(self, callback: Callable[[Outcome], None], room: Callable[[], Awaitable[None]] | None = None) -> None:
        """Have `callback` called for each outcome from now on, in journal order, once it is durable.

        A callback must be quick and must not raise. `room`, if given, is awaited by every `append` before it
        returns, so that a subscriber with a bounded inbox can hold back those who fill it.
        """
        self._callbacks.append(callback)
        if room is not None:
            self._rooms.append(room)

    def seen(self, stage: str, item: str) -> OutcomeKind | None:
        """Tell how an item last left a stage; None if it has not. A `failed` item is to be tried again."""
        entry = self._index.find(_key(stage, item))
        return None if entry is None else entry.kind

    async def load(self, stage: str, item: str) -> Outcome:
        """Read an item's last outcome from disk.

        :raises KeyError: if there is none.
        :raises LogDamage: if its record has changed since it was written.
        :raises StorageError: when the disk cannot be read.
        """
        entry = self._index.find(_key(stage, item))
        if entry is None:
            raise KeyError((stage, item))
        payload = await self._log.read(entry.position)
        return outcome_of(self._log.path(entry.position.segment), Record(entry.position.within, payload))

    async def append(self, outcome: Outcome) -> None:
        """Record an outcome and return once it is durable; a cancelled caller's outcome is recorded all the same.

        :raises RuntimeError: if the item is finished already, which is a bug.
        :raises StorageError: when the disk refuses it, or a subscriber has failed.
        """
        key = _key(outcome.stage, outcome.item)
        known = self._index.find(key)
        if key in self._writing or (known is not None and known.kind.finished):
            raise RuntimeError(f"{outcome.stage}: a second outcome for the finished item {outcome.item!r}")
        payload = outcome.encode()
        self._writing.add(key)
        try:
            await self._log.append(payload, partial(self._commit, key, outcome))
        finally:
            self._writing.discard(key)
        for room in self._rooms:
            await room()

    @property
    def pending(self) -> int:
        """Outcomes that are being written."""
        return len(self._writing)

    def counts(self) -> dict[str, dict[OutcomeKind, int]]:
        """Count items by stage and by the kind of their last outcome."""
        return self._index.by_kind()

    async def conclude(self) -> None:
        """Let no earlier process have the last word, even where this one found nothing to do.

        :raises StorageError: when the disk refuses it.
        """
        await self._log.begin()

    async def aclose(self) -> None:
        """Write what is pending and close the file."""
        await self._log.aclose()

    def _commit(self, key: int, outcome: Outcome, position: SegmentPosition) -> None:
        self._index.add(key, outcome.stage, outcome.kind, position)
        self.settled += 1
        for callback in self._callbacks:
            callback(outcome)


def journal_segments(run_dir: Path) -> Segments:
    """Return the files of a run's journal."""
    return Segments(run_dir, SegmentName("journal", JOURNAL_NAME, JOURNAL_FORMAT))


def has_journal(run_dir: Path) -> bool:
    """Whether a run has written anything yet."""
    return bool(journal_segments(run_dir).present())


def read_outcomes(run_dir: Path, config_digest: str | None = None) -> Iterator[Outcome]:
    """Yield a run's outcomes in journal order, changing nothing; fails as `SegmentReader` does."""
    return _outcomes_of(SegmentReader(journal_segments(run_dir), config_digest))


def _outcomes_of(reader: SegmentReader) -> Iterator[Outcome]:
    for record in reader:
        yield outcome_of(reader.path, record)


def outcome_of(path: Path, record: Record) -> Outcome:
    """Return a record's outcome.

    :raises LogDamage: if the record holds something else, however intact.
    """
    try:
        return Outcome.decode(record.payload)
    except ValueError as error:
        raise not_ours(path, record, "outcome", error) from error


def read_counts(run_dir: Path, phases: Phases = UNTOLD) -> dict[str, dict[OutcomeKind, int]]:
    """Count a run's items as `Journal.counts` does, changing nothing and decoding no outputs; raises alike."""
    return _read_index(run_dir, phases=phases).by_kind()


def read_seen(run_dir: Path, config_digest: str, phases: Phases = UNTOLD) -> Callable[[str, str], OutcomeKind | None]:
    """Return what tells how an item last left a stage, as `Journal.seen` does, changing nothing; raises alike."""
    index = _read_index(run_dir, config_digest, phases)
    return lambda stage, item: None if (entry := index.find(_key(stage, item))) is None else entry.kind


def _read_index(run_dir: Path, config_digest: str | None = None, phases: Phases = UNTOLD) -> _Index:
    segments, index = journal_segments(run_dir), _Index()
    reader = SegmentReader(segments, config_digest)
    with phases.phase("reading the journal", of_bytes=segments.size()) as phase:
        for position, payload in reader:
            phase.step(position.length)
            index.add_payload(reader.path, 0, position, payload)  # nobody reads an outcome by this index
    return index


def read_epoch(run_dir: Path) -> int:
    """Return the epoch whose outcomes are a run's latest; fails as `read_outcomes` does."""
    return latest_epoch(journal_segments(run_dir))


def count_passed_over(run_dir: Path) -> int:
    """Count the outcomes that do not count, since a later process had not read them; fails as `read_outcomes` does."""
    segments = journal_segments(run_dir)
    if len(segments.epochs()) < 2:
        return 0
    written = sum(_records(LogReader(segments.path(segment), JOURNAL_FORMAT)) for segment in segments.present())
    return written - sum(1 for _ in SegmentReader(segments))


def _records(reader: LogReader) -> int:
    return sum(1 for _ in reader)


class _Head(NamedTuple):
    stage: str
    item: str
    kind: OutcomeKind


class _Found(NamedTuple):
    kind: OutcomeKind
    position: SegmentPosition


_KINDS = tuple(OutcomeKind)
_TAGS = {kind.value: tag for tag, kind in enumerate(_KINDS)}
_HEAD = re.compile(rb'\{"stage":"([^"\\]*)","item":"([^"\\]*)","outcome":"(done|rejected|failed)","reason":"')
"""How a payload begins whose names need no escapes: reading no more than this makes a resume fast."""


class _Index:
    """Maps a hash of each item's stage and id to where its last outcome lies and of what kind it is."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[OutcomeKind]] = {}
        self._places = PackedIndex()

    def by_kind(self) -> dict[str, dict[OutcomeKind, int]]:
        return {stage: {kind: kinds[kind] for kind in OutcomeKind} for stage, kinds in self.counts.items()}

    def find(self, key: int) -> _Found | None:
        place = self._places.find(key)
        if place is None:
            return None
        offset = place.offset & ((1 << _OFFSET_BITS) - 1)
        return _Found(_KINDS[place.tag], SegmentPosition(place.offset >> _OFFSET_BITS, offset, place.length))

    def add(self, key: int, stage: str, kind: OutcomeKind, position: SegmentPosition) -> None:
        offset = position.segment << _OFFSET_BITS | position.offset
        self._add(self._places.find(key), key, stage, kind, Place(offset, position.length, _TAGS[kind]))

    def _add(self, known: Place | None, key: int, stage: str, kind: OutcomeKind, place: Place) -> None:
        counts = self.counts.get(stage)
        if counts is None:
            counts = self.counts[stage] = Counter()
        if known is not None:
            counts[_KINDS[known.tag]] -= 1
        counts[kind] += 1
        self._places.put(key, place)

    def add_payload(self, path: Path, segment: int, position: Position, payload: bytes) -> None:
        """Take in a record of the log.

        :raises LogDamage: if it is no outcome, or a second one for a finished item.
        """
        stage, item, kind = _head(path, Record(position, payload))
        key = _key(stage, item)
        known = self._places.find(key)
        if known is not None and _KINDS[known.tag].finished:
            raise LogDamage(path, line_of(path, position), f"a second outcome for {item!r}")
        place = Place(segment << _OFFSET_BITS | position.offset, position.length, _TAGS[kind])
        self._add(known, key, stage, kind, place)


def _head(path: Path, record: Record) -> _Head:
    head = _HEAD.match(record.payload)
    if head is not None:
        return _Head(head[1].decode(errors="replace"), head[2].decode(errors="replace"), OutcomeKind(head[3].decode()))
    outcome = outcome_of(path, record)
    return _Head(outcome.stage, outcome.item, outcome.kind)


def _key(stage: str, item: str) -> int:
    return int.from_bytes(blake2b(f"{stage}\0{item}".encode(), digest_size=8).digest(), "big")
