"""The files of a log: `journal.jsonl`, `journal-000001.jsonl`, …; of later epochs: `journal-e000002-000000.jsonl`, ….

Each is an append log of its own with its own numbers. An **epoch** is one process that opened the log for writing: it
makes segments of its own, by exclusive create, and never writes into another's. So a process that everybody holds for
dead, and that lives on, spoils nothing. Only the last segment of an epoch can have a tail; in an earlier one a tail is
damage. Earlier segments are sealed sooner or later (`sealed_log.py`). Which records count is said in `lineage.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import LogDamage
from synthtools_stream.storage.appendlog.log_file import log_exists, log_size
from synthtools_stream.storage.appendlog.log_format import LogFormat, Position
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.appendlog.sealed_log import seal

__all__ = ["FIRST", "SegmentId", "SegmentName", "SegmentPosition", "Segments", "check_whole"]


class SegmentName(NamedTuple):
    """How the segments of one kind of log are called, and how its epochs hang together."""

    stem: str
    first: str
    """Name of the first file, segment 0 of epoch 0."""
    log_format: LogFormat
    linear: bool = True
    """Whether a record counts only where the latest epoch builds on it; else all count, the latest epoch's first."""


class SegmentId(NamedTuple):
    """One segment of a log."""

    epoch: int
    number: int


FIRST = SegmentId(0, 0)


class SegmentPosition(NamedTuple):
    """Where a payload lies: in which segment, in the order in which they were opened, and where in it."""

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

    def path(self, segment: SegmentId) -> Path:
        """Return where a segment lies, or lay before it was sealed."""
        stem = self.name.stem
        if segment.epoch:
            return self.directory / f"{stem}-e{segment.epoch:06d}-{segment.number:06d}.jsonl"
        return self.directory / (f"{stem}-{segment.number:06d}.jsonl" if segment.number else self.name.first)

    def present(self) -> list[SegmentId]:
        """List the segments that are there, sealed or not, by epoch and number."""
        numbered = re.compile(re.escape(self.name.stem) + r"-(?:e(\d{6,})-)?(\d{6,})\.jsonl(?:\.zst)?")
        matches = (numbered.fullmatch(path.name) for path in self.directory.glob(f"{self.name.stem}-*"))
        found = {SegmentId(int(match[1] or 0), int(match[2])) for match in matches if match}
        return sorted(found | ({FIRST} if log_exists(self.path(FIRST)) else set[SegmentId]()))

    def epochs(self) -> dict[int, list[SegmentId]]:
        """List the segments of each epoch, oldest first.

        :raises LogDamage: if one is missing between them.
        """
        found: dict[int, list[SegmentId]] = {}
        for segment in self.present():
            known = found.setdefault(segment.epoch, [])
            if segment.number != len(known):
                missing = self.path(SegmentId(segment.epoch, len(known)))
                raise LogDamage(missing, 1, "this segment is missing")
            known.append(segment)
        return found

    def seal(self) -> None:
        """Seal every segment, the last ones, too; nobody may write any more.

        :raises StorageError: when the disk refuses it; what could not be sealed stands as it was.
        """
        for segment in self.present():
            if self.path(segment).exists():
                seal(self.path(segment))


def check_whole(reader: LogReader) -> None:
    """Check that an earlier segment, which `reader` has read, ends with a commit.

    :raises LogDamage: if it does not.
    """
    if log_size(reader.path) != reader.end:
        raise LogDamage(reader.path, reader.lines + 1, "an earlier segment does not end with a commit")
