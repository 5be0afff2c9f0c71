"""Which records of which epochs count, and in which order.

**Outcomes** (a linear log). What a process does rests on what it read when it began, so its header says how far that
was: up to which record of which epoch. What another process, still alive, appended behind that point the later one did
not know; it has settled the same items itself, perhaps with other replies. So the history is a chain: the latest epoch
in which anything was written, before it what that epoch had read, and so on. It holds each item once, and what it holds
fits together. What lies beside it is not lost: its replies count, so that it is made again without asking.

**Replies** (a log that is not linear) are right whoever wrote them, since the request says all. Of two replies to one
request the one of the latest epoch stands, on which the latest outcomes were built; so that epoch comes first.
"""

from __future__ import annotations

from typing import NamedTuple

from synthtools_stream.errors import LogDamage
from synthtools_stream.storage.appendlog.log_format import After
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.segments import SegmentId, Segments

__all__ = ["Part", "counted_parts", "latest_epoch"]


class Part(NamedTuple):
    """A segment whose records count."""

    segment: SegmentId
    records: int | None
    """How many of them, from the first; None for all."""
    full: bool
    """Whether a later segment of its epoch is there, so that it must end with a commit."""


def counted_parts(segments: Segments, before: int | None = None) -> list[Part]:
    """List what counts of a log, in the order in which it counts; of no epoch from `before` on.

    :raises RunDirectoryError: for a segment of another format.
    :raises LogDamage: for a segment that is missing, or whose header is damaged.
    :raises StorageError: when the disk cannot be read.
    """
    epochs = segments.epochs()
    if before is not None:
        epochs = {epoch: found for epoch, found in epochs.items() if epoch < before}
    if segments.name.linear:
        return _chain(segments, epochs)
    return [part for epoch in sorted(epochs, reverse=True) for part in _whole(epochs[epoch])]


def latest_epoch(segments: Segments) -> int:
    """Return the latest epoch in which anything was written; 0 where nothing was. Fails as `counted_parts` does."""
    return _latest(segments, segments.epochs())


def _chain(segments: Segments, epochs: dict[int, list[SegmentId]]) -> list[Part]:
    if not epochs:
        return []
    epoch = _latest(segments, epochs)
    parts = _whole(epochs[epoch]) if epoch in epochs else []
    while (after := _after(segments, epoch)) is not None:
        found = epochs.get(after.epoch, [])
        if after.epoch >= epoch or after.segment >= len(found):
            missing = SegmentId(after.epoch, after.segment)
            raise LogDamage(segments.path(missing), 1, "this segment is missing, and a later epoch builds on it")
        last = Part(found[after.segment], after.seq, full=False)
        parts = [*_whole(found[: after.segment], followed=True), last, *parts]
        epoch = after.epoch
    return parts


def _whole(found: list[SegmentId], *, followed: bool = False) -> list[Part]:
    return [Part(segment, None, full=followed or segment != found[-1]) for segment in found]


def _latest(segments: Segments, epochs: dict[int, list[SegmentId]]) -> int:
    for epoch in sorted(epochs, reverse=True):
        if _first(segments, epoch).end:  # the header comes with the first record, or with the end of a run
            return epoch
    return min(epochs, default=0)


def _after(segments: Segments, epoch: int) -> After | None:
    return _first(segments, epoch).after


def _first(segments: Segments, epoch: int) -> LogReader:
    reader = LogReader(segments.path(SegmentId(epoch, 0)), segments.name.log_format)
    reader.read_header()
    return reader
