"""The one reader of append-only logs; `writing` writes them and describes the format.

The reader walks a log line by line, holds one batch at a time and hands out a batch once its commit line proves it
whole. Where a line is not what must follow, it looks for an intact batch further on: if there is one, the line is
damage, for no batch is written before the one before it is durable; if there is none, this is the tail.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zlib import crc32

import orjson

from synthtools_stream.errors import LogDamage, RunDirectoryError, boundary
from synthtools_stream.storage.appendlog.disk import disk_faults

__all__ = [
    "MID",
    "LogFormat",
    "LogReader",
    "Position",
    "Record",
    "commit_line",
    "commit_number",
    "header_line",
    "intact_record",
    "is_intact_header",
    "line_of",
    "not_ours",
    "read_record",
    "record_head",
    "scan",
]

MID = b',"r":'
"""What stands between a record's checksum and its payload."""

_CRC_TO_PAYLOAD = len(b'1a2b3c4d"') + len(MID)
_LEAD = re.compile(rb'\{"n":')
_RECORD = re.compile(rb'(\{"n":(\d+),"c":"[0-9a-f]{8}"),"r":(.*)\}\n', re.DOTALL)
_COMMIT = re.compile(rb'\{"commit":(\d+),"of":(\d+),"c":"[0-9a-f]{8}"\}\n')
_HEADER_LEAD = b'{"format":"'
_BLOCK_BYTES = 1 << 20


class LogFormat(NamedTuple):
    """What kind of log a file is; a program reads only the version that it writes."""

    name: str
    version: int


class Position(NamedTuple):
    """Where a record's payload lies in its file."""

    offset: int
    length: int
    seq: int


class Record(NamedTuple):
    """One committed record."""

    position: Position
    payload: bytes


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
        self._format = log_format
        self._config_digest = config_digest

    def __iter__(self) -> Iterator[Record]:
        """Yield committed records.

        Raises RunDirectoryError for a log that is missing or of another format or configuration, LogDamage for
        damage before the last intact commit, StorageError when the disk cannot be read.
        """
        with disk_faults(self.path), _open_log(self.path) as file:
            if self.end == 0:
                self._read_header(file)
            if self.end:
                file.seek(self.end)
                yield from self._batches(file)

    def _read_header(self, file: BinaryIO) -> None:
        line = file.readline()
        if not (line.startswith(_HEADER_LEAD) or _HEADER_LEAD.startswith(line)):
            raise RunDirectoryError(f"{self.path}: not a {self._format.name} log")
        if not line.endswith(b"\n"):
            return
        body = line.rpartition(b',"c":"')[0]
        if line != _sealed(body, crc32(body)):
            raise LogDamage(self.path, 1, "the header is damaged")
        self._check_header(body)
        self.end, self.lines = len(line), 1

    def _check_header(self, body: bytes) -> None:
        found = orjson.loads(body + b"}")
        name, version = self._format
        if (found["format"], found["version"]) != (name, version):
            there = f"{found['format']} version {found['version']}"
            raise RunDirectoryError(f"{self.path}: holds {there}, but this program needs {name} version {version}")
        if self._config_digest not in (None, found["config"]):
            raise RunDirectoryError(
                f"{self.path}: belongs to a run with another configuration ({found['config']}, not"
                f" {self._config_digest}); use that configuration or choose another --out"
            )

    def _batches(self, file: BinaryIO) -> Iterator[Record]:
        batch: list[Record] = []
        heads: list[bytes] = []
        offset, seq = self.end, self.seq
        for line in file:
            start = len(b'{"n":%d,"c":"' % (seq + 1)) + _CRC_TO_PAYLOAD
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
                if _intact_batch_follows(batch, line, file):
                    raise LogDamage(self.path, self.lines + len(batch) + 1, "this line is damaged")
                return
            offset += len(line)


def scan(path: Path, log_format: LogFormat, config_digest: str | None = None) -> Iterator[Record]:
    """Yield the committed records of a log without changing it; raises what `LogReader` raises."""
    return iter(LogReader(path, log_format, config_digest))


def read_record(fd: int, path: Path, position: Position) -> bytes:
    """Read one payload; raises LogDamage if it is not what was written, StorageError when the disk cannot be read."""
    with disk_faults(path):
        found = os.pread(fd, _CRC_TO_PAYLOAD + position.length, position.offset - _CRC_TO_PAYLOAD)
        payload = found[_CRC_TO_PAYLOAD:]
        if len(payload) != position.length or not found.startswith(b'%08x"%b' % (crc32(payload), MID)):
            raise LogDamage(path, line_of(path, position), "this record has changed since it was written")
        return payload


def line_of(path: Path, position: Position) -> int:
    """Find the line number of a position, for messages; raises OSError."""
    left, lines = position.offset, 1
    with path.open("rb") as file:
        while block := file.read(min(left, _BLOCK_BYTES)):
            left, lines = left - len(block), lines + block.count(b"\n")
    return lines


def not_ours(path: Path, record: Record, what: str, why: Exception) -> LogDamage:
    """Return the error for a record that is intact, yet no `what`: somebody else wrote it."""
    with disk_faults(path):
        line = line_of(path, record.position)
    return LogDamage(path, line, f"this record is intact but no {what} ({why})")


def header_line(log_format: LogFormat, config_digest: str) -> bytes:
    """Make a log's first line."""
    fields = {"format": log_format.name, "version": log_format.version, "config": config_digest}
    body = orjson.dumps(fields)[:-1]
    return _sealed(body, crc32(body))


def record_head(seq: int, payload: bytes) -> bytes:
    """Make what stands in a record's line before `MID` and the payload."""
    return b'{"n":%d,"c":"%08x"' % (seq, crc32(payload))


def commit_line(seq: int, heads: Sequence[bytes]) -> bytes:
    """Make the line that ends a batch of records with these heads, the last of which is `seq`."""
    body = b'{"commit":%d,"of":%d' % (seq, len(heads))
    return _sealed(body, crc32(body, crc32(b"".join(heads))))


def commit_number(line: bytes) -> int | None:
    """Return the number of the last record before a commit line; None for any other line."""
    commit = _COMMIT.fullmatch(line)
    return int(commit[1]) if commit else None


def is_intact_header(line: bytes) -> bool:
    """Tell whether a line is the header of some log, as it was written."""
    body = line.rpartition(b',"c":"')[0]
    return line.startswith(_HEADER_LEAD) and line == _sealed(body, crc32(body))


def _sealed(body: bytes, crc: int) -> bytes:
    """Close an open JSON object with its checksum, as one line."""
    return b'%b,"c":"%08x"}\n' % (body, crc)


def _open_log(path: Path) -> BinaryIO:
    """Open a log for reading; raises RunDirectoryError if there is none."""
    with boundary("cannot open the log", FileNotFoundError, PermissionError, as_=RunDirectoryError):
        return path.open("rb", buffering=_BLOCK_BYTES)


def _intact_batch_follows(batch: list[Record], line: bytes, rest: Iterator[bytes]) -> bool:
    """Tell whether a whole batch ends at or after `line`, the first that does not fit after the records of `batch`."""
    heads = [record_head(position.seq, payload) for position, payload in batch]
    seq = batch[-1].position.seq if batch else 0
    while line.endswith(b"\n"):
        if commit := _COMMIT.fullmatch(line):
            size = int(commit[2])
            if int(commit[1]) == seq and 0 < size <= len(heads) and line == commit_line(seq, heads[-size:]):
                return True
            heads = []
        elif record := intact_record(line):
            heads = [*heads, record[1]] if int(record[2]) == seq + 1 else [record[1]]
            seq = int(record[2])
        else:
            heads = []
        line = next(rest, b"")
    return False


def intact_record(line: bytes) -> re.Match[bytes] | None:
    """Find an intact record at the end of a line; before it may stand what lost its own line break.

    The match's second group is its number, the third its payload.
    """
    for lead in _LEAD.finditer(line):
        record = _RECORD.fullmatch(line, lead.start())
        if record is not None and record[1] == record_head(int(record[2]), record[3]):
            return record
    return None
