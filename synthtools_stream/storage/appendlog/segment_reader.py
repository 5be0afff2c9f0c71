"""Reads a log's segments in the order in which they count, and never changes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from synthtools_stream.storage.appendlog.lineage import Part, counted_parts
from synthtools_stream.storage.appendlog.log_format import Record
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.segments import FIRST, SegmentId, Segments, check_whole

__all__ = ["SegmentReader", "read_part"]


class SegmentReader:
    """Reads what counts of a log.

    Iterating again goes on where the last complete pass ended, so that a linear log can be followed, also where another
    epoch takes it over: then it goes on with that epoch's records.
    """

    def __init__(
        self, segments: Segments, config_digest: str | None = None, parts: Sequence[Part] | None = None
    ) -> None:
        """Begin with the first of `parts`, by default of all that counts; fails as `LogReader` does, when iterated."""
        self._segments = segments
        self._config_digest = config_digest
        self._parts = parts
        self._readers: dict[SegmentId, LogReader] = {}
        self._at = FIRST

    @property
    def path(self) -> Path:
        """The file that the latest record lies in, or where it lay before it was sealed."""
        return self._segments.path(self._at)

    def __iter__(self) -> Iterator[Record]:
        """Yield committed records, whose positions are those in their segment.

        :raises RunDirectoryError: for a log that is missing or of another format or configuration.
        :raises LogDamage: for damage before the last intact commit, and for an earlier segment that has a tail.
        :raises StorageError: when the disk cannot be read.
        """
        # Listed first: a segment that is followed by another one now gains nothing more.
        parts = self._parts
        if parts is None:
            parts = counted_parts(self._segments) or [Part(FIRST, None, full=False)]
        for part in parts:
            if self._segments.name.linear and part.segment < self._at:
                continue
            for record in read_part(self._reader(part.segment), part):
                self._at = part.segment
                yield record

    def _reader(self, segment: SegmentId) -> LogReader:
        known = self._readers.get(segment)
        if known is None:
            log_format = self._segments.name.log_format
            known = LogReader(self._segments.path(segment), log_format, self._config_digest)
            self._readers[segment] = known
        return known


def read_part(reader: LogReader, part: Part) -> Iterator[Record]:
    """Yield those records of a segment that count and that `reader` has not read yet; fails as `LogReader` does.

    :raises LogDamage: also for a full segment that has a tail.
    """
    if part.records is None:
        yield from reader
    else:
        for record in reader:
            if record.position.seq > part.records:
                return
            yield record
    if part.full:
        check_whole(reader)
