"""The one reader of append-only logs; `log_format.py` describes their lines, `log_writer.py` writes them.

The reader walks a log line by line, holds one batch at a time and hands out a batch once its commit line proves it
whole. Where a line is not what must follow, `torn_tail.py` says whether the log ends here or is damaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from synthtools_stream.errors import LogDamage, RunDirectoryError
from synthtools_stream.storage.appendlog.disk import disk_faults
from synthtools_stream.storage.appendlog.log_file import open_log
from synthtools_stream.storage.appendlog.log_format import (
    CRC_TO_PAYLOAD,
    HEADER_LEAD,
    MID,
    After,
    LogFormat,
    Position,
    Record,
    commit_line,
    header_fields,
    record_head,
)
from synthtools_stream.storage.appendlog.torn_tail import is_torn_tail

__all__ = ["LogReader", "line_of", "not_ours", "scan"]

_BLOCK_BYTES = 1 << 20
"""Bytes read at once: a batch is read in few calls, and one block is nothing beside a run's memory."""


class LogReader:
    """Reads a log up to its last intact commit and never changes it.

    Iterating again goes on after the commit where the last complete pass ended, so that a log can be followed.
    """

    def __init__(self, path: Path, log_format: LogFormat, config_digest: str | None = None) -> None:
        self.path = path
        self.end = 0
        """Offset after the last intact commit (or the header); 0 while there is no whole header."""
        self.seq = 0
        """Records up to `end`."""
        self.lines = 0
        """Lines up to `end`."""
        self.epoch = 0
        """Number of the process that wrote the log, as its header says."""
        self.after: After | None = None
        """What that process had read when it began; None where there was nothing, or is no header yet."""
        self._format = log_format
        self._config_digest = config_digest

    def __iter__(self) -> Iterator[Record]:
        """Yield committed records.

        :raises RunDirectoryError: for a log that is missing or of another format or configuration.
        :raises LogDamage: for damage before the last intact commit.
        :raises StorageError: when the disk cannot be read.
        """
        try:
            yield from self._to_the_end()
        except LogDamage:
            # A network disk may show holes in a file that grows elsewhere; who opens it anew sees what is there.
            yield from self._to_the_end()

    def _to_the_end(self) -> Iterator[Record]:
        with disk_faults(self.path), open_log(self.path) as file:
            if self.end == 0:
                self._read_header(file)
            if self.end:
                file.seek(self.end)
                yield from self._batches(file)

    def read_header(self) -> None:
        """Read the header alone; fails as iterating does."""
        with disk_faults(self.path), open_log(self.path) as file:
            self._read_header(file)

    def _read_header(self, file: BinaryIO) -> None:
        line = file.readline()
        if not (line.startswith(HEADER_LEAD) or HEADER_LEAD.startswith(line)):
            raise RunDirectoryError(f"{self.path}: not a {self._format.name} log")
        if not line.endswith(b"\n"):
            return
        found = header_fields(line)
        if found is None:
            raise LogDamage(self.path, 1, "the header is damaged")
        self._check_header(found)
        self._read_lineage(found)
        self.end, self.lines = len(line), 1

    def _check_header(self, found: dict[str, object]) -> None:
        name, version = self._format
        if (found["format"], found["version"]) != (name, version):
            there = f"{found['format']} version {found['version']}"
            raise RunDirectoryError(f"{self.path}: holds {there}, but this program needs {name} version {version}")
        if self._config_digest not in (None, found["config"]):
            raise RunDirectoryError(
                f"{self.path}: belongs to a run with another configuration ({found['config']}, not"
                f" {self._config_digest}); use that configuration or choose another --out"
            )

    def _read_lineage(self, found: dict[str, object]) -> None:
        epoch, after = found.get("epoch", 0), found.get("after")
        if isinstance(epoch, int):
            self.epoch = epoch
        if isinstance(after, list):
            self.after = After(*after)

    def _batches(self, file: BinaryIO) -> Iterator[Record]:
        batch: list[Record] = []
        heads: list[bytes] = []
        offset, seq = self.end, self.seq
        for line in file:
            start = len(b'{"n":%d,"c":"' % (seq + 1)) + CRC_TO_PAYLOAD
            payload = line[start:-2]
            head = record_head(seq + 1, payload)
            if line.startswith(head + MID) and line.endswith(b"}\n"):
                seq += 1
                heads.append(head)
                batch.append(Record(Position(offset + start, len(payload), seq), payload))
            elif batch and line == commit_line(seq, heads):
                self.end, self.seq, self.lines = offset + len(line), seq, self.lines + len(batch) + 1
                yield from batch
                batch, heads = [], []
            else:
                if not is_torn_tail(batch, line, file):
                    raise LogDamage(self.path, self.lines + len(batch) + 1, "this line is damaged")
                return
            offset += len(line)


def scan(path: Path, log_format: LogFormat, config_digest: str | None = None) -> Iterator[Record]:
    """Yield the committed records of a log without changing it; fails as `LogReader` does."""
    return iter(LogReader(path, log_format, config_digest))


def line_of(path: Path, position: Position) -> int:
    """Find the line number of a position, for messages.

    :raises OSError: when the file cannot be read.
    """
    left, lines = position.offset, 1
    with open_log(path) as file:
        while block := file.read(min(left, _BLOCK_BYTES)):
            left, lines = left - len(block), lines + block.count(b"\n")
    return lines


def not_ours(path: Path, record: Record, what: str, why: Exception) -> LogDamage:
    """Return the error for a record that is intact, yet no `what`: somebody else wrote it."""
    with disk_faults(path):
        line = line_of(path, record.position)
    return LogDamage(path, line, f"this record is intact but no {what} ({why})")
