"""Headers of segments that are damaged or missing: what they said of their epoch, as far as others tell it."""

from __future__ import annotations

from collections.abc import Iterable

from synthtools_stream.errors import LogDamage, RunDirectoryError
from synthtools_stream.storage.appendlog.lineage import counted_parts
from synthtools_stream.storage.appendlog.log_format import After, header_line
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.segment_reader import read_part
from synthtools_stream.storage.appendlog.segments import SegmentId, Segments

__all__ = ["built_on", "header_is_intact", "read_up_to", "restored_header"]


def built_on(segments: Segments) -> set[SegmentId]:
    """Return the segments that some epoch says it had read, whether they are there or not."""
    afters = [known.after for known in _headers(segments, segments.present())]
    return {SegmentId(after.epoch, after.segment) for after in afters if after is not None}


def restored_header(segments: Segments, segment: SegmentId, digest: str) -> bytes:
    """Return the header of a segment, for a file that takes its place.

    Where no segment of its epoch tells any more what that epoch had read, it is taken to have read all before it.

    :raises LogDamage: where an earlier epoch is damaged; they are repaired in their order.
    """
    log_format = segments.name.log_format
    if not segments.name.linear:
        return header_line(log_format, digest, segment.epoch)
    told = [known for known in _of_epoch(segments, segment.epoch) if known.end]
    after = told[0].after if told else _end_before(segments, segment.epoch)
    return header_line(log_format, digest, segment.epoch, after)


def header_is_intact(segments: Segments, epoch: int) -> bool:
    """Tell whether some segment of an epoch still says what it had read; the first epoch has read nothing."""
    return epoch == 0 or any(known.end for known in _of_epoch(segments, epoch))


def read_up_to(segments: Segments, segment: SegmentId) -> int | None:
    """Return the last record of a segment that a later epoch builds on; None where none does."""
    if not segments.name.linear:
        return None
    for later in sorted({found.epoch for found in segments.present() if found.epoch > segment.epoch}, reverse=True):
        for known in _of_epoch(segments, later):
            after = known.after
            if after is not None and SegmentId(after.epoch, after.segment) == segment:
                return after.seq
    return None


def _of_epoch(segments: Segments, epoch: int) -> list[LogReader]:
    return _headers(segments, [segment for segment in segments.present() if segment.epoch == epoch])


def _headers(segments: Segments, wanted: Iterable[SegmentId]) -> list[LogReader]:
    """Read the headers of segments, those that can be read."""
    found: list[LogReader] = []
    for segment in wanted:
        reader = LogReader(segments.path(segment), segments.name.log_format)
        try:
            reader.read_header()
        except (LogDamage, RunDirectoryError):
            continue
        found.append(reader)
    return found


def _end_before(segments: Segments, epoch: int) -> After | None:
    last: After | None = None
    for part in counted_parts(segments, before=epoch):
        reader = LogReader(segments.path(part.segment), segments.name.log_format)
        seq = sum(1 for _ in read_part(reader, part))
        last = After(part.segment.epoch, part.segment.number, seq)
    return last
