"""A log in segments: `journal.jsonl`, `journal-000001.jsonl`, …, each an append log of its own with its own numbers.

Only the last segment is written, so only the last can have a tail; in an earlier one a tail is damage. Earlier segments
are sealed sooner or later (`sealed_log.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import LogDamage
from synthtools_stream.storage.appendlog.log_file import log_exists, log_size
from synthtools_stream.storage.appendlog.log_format import LogFormat, Position, Record
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.sealed_log import seal
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = ["SegmentName", "SegmentPosition", "SegmentReader", "Segments", "check_whole"]


class SegmentName(NamedTuple):
    """How the segments of one kind of log are called."""

    stem: str
    first: str
    """Name of segment 0's file; later ones are `<stem>-NNNNNN.jsonl`."""
    log_format: LogFormat


class SegmentPosition(NamedTuple):
    """Where a payload lies: in which segment, and where in it."""

    segment: int
    offset: int
    length: int

    @property
    def within(self) -> Position:
        """Where it lies in its segment."""
        return Position(self.offset, self.length, 0)


@dataclass(frozen=True)
class Segments:
    """The files of one log in one directory."""

    directory: Path
    name: SegmentName

    def path(self, segment: int) -> Path:
        """Return where a segment lies, or lay before it was sealed."""
        stem, first, _ = self.name
        return self.directory / (f"{stem}-{segment:06d}.jsonl" if segment else first)

    def present(self) -> list[int]:
        """List the segments that are there, sealed or not."""
        numbered = re.compile(re.escape(self.name.stem) + r"-(\d{6})\.jsonl(?:\.zst)?")
        found = (numbered.fullmatch(path.name) for path in self.directory.glob(f"{self.name.stem}-*"))
        first = {0} if log_exists(self.path(0)) else set[int]()
        return sorted(first | {int(match[1]) for match in found if match})

    def all(self) -> list[int]:
        """List the segments.

        :raises LogDamage: if one is missing between them.
        """
        found = self.present()
        for expected, segment in enumerate(found):
            if segment != expected:
                raise LogDamage(self.path(expected), 1, "this segment is missing")
        return found

    def size(self) -> int:
        """Return how many bytes the log has, as lines; fails as `log_size` does."""
        return sum(log_size(self.path(segment)) for segment in self.present())

    def seal(self, phases: Phases = UNTOLD) -> None:
        """Seal every segment, the last one, too; the log must not be open.

        :raises StorageError: when the disk refuses it; what could not be sealed stands as it was.
        """
        plain = [path for path in map(self.path, self.present()) if path.exists()]
        with phases.phase(f"compressing the {self.name.stem}", "files", of=len(plain)) as phase:
            for path in phase.counting(plain):
                seal(path)


class SegmentReader:
    """Reads a log's segments in their order and never changes them.

    Iterating again goes on where the last complete pass ended, so that a log can be followed.
    """

    def __init__(self, segments: Segments, config_digest: str | None = None) -> None:
        """Begin with segment 0; fails as `LogReader` does, when it is iterated."""
        self._segments = segments
        self._config_digest = config_digest
        self.segment = 0
        """The segment that the latest record lies in."""
        self._reader = self._open()

    @property
    def path(self) -> Path:
        """That segment's file, or where it lay before it was sealed."""
        return self._reader.path

    def __iter__(self) -> Iterator[Record]:
        """Yield committed records, whose positions are those in their segment.

        :raises RunDirectoryError: for a log that is missing or of another format or configuration.
        :raises LogDamage: for damage before the last intact commit, and for an earlier segment that has a tail.
        :raises StorageError: when the disk cannot be read.
        """
        while True:
            # Asked first: once a later segment is there, this one gains nothing more.
            last = max(self._segments.present(), default=0) <= self.segment
            yield from self._reader
            if last:
                return
            check_whole(self._reader)
            self.segment += 1
            self._reader = self._open()

    def _open(self) -> LogReader:
        return LogReader(self._segments.path(self.segment), self._segments.name.log_format, self._config_digest)


def check_whole(reader: LogReader) -> None:
    """Check that an earlier segment, which `reader` has read, ends with a commit.

    :raises LogDamage: if it does not.
    """
    if log_size(reader.path) != reader.end:
        raise LogDamage(reader.path, reader.lines + 1, "an earlier segment does not end with a commit")
