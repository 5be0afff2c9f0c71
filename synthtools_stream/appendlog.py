"""The one writer and the one reader of append-only logs.

On disk a log is JSON lines:

    {"format":"synthtools-stream/journal","version":1,"config":"<digest>","c":"0badcafe"}   header
    {"n":1,"c":"1a2b3c4d","r":<payload, one JSON value>}                                    record
    {"n":2,"c":"5e6f7a8b","r":<payload>}                                                    record
    {"commit":2,"c":"9c0d1e2f"}                                                             end of a batch

`n` counts records from 1 without gaps; every `c` is a CRC-32 in hex: a record's over its payload, the header's over
what stands before `,"c"`, a commit's over the heads (`{"n":1,"c":"1a2b3c4d"`) of its batch and its own. So a commit
is intact only if its whole batch is, and a batch whose blocks reached the disk out of order before a power cut is
told from one that was whole. Lines are never rewritten.

* Group commit without linger: one thread writes and syncs whatever is pending, as one batch. It never has two batches
  in hand, so all batches before the last one are known to have been durable.
* What stands after the last intact commit is the tail: nobody was told that it is safe. Opening cuts it off.
* A bad line before a later intact commit is damage, and an error; nothing is changed.
* After a failed write the file is cut back to its last commit before anything else is appended.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple
from zlib import crc32

import anyio
import orjson

from synthtools_stream.errors import LogDamage, RunDirectoryError, StorageError, boundary

__all__ = ["AppendLog", "Disk", "LogFormat", "LogReader", "Position", "Record", "read_record", "scan", "sync_directory"]

_MID = b',"r":'
_CRC_TO_PAYLOAD = len(b'1a2b3c4d"') + len(_MID)
_RECORD = re.compile(rb'(\{"n":(\d+),"c":"([0-9a-f]{8})"),"r":(.*)\}\n', re.DOTALL)
_COMMIT = re.compile(rb'\{"commit":\d+,"c":"[0-9a-f]{8}"\}\n')
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
    position: Position
    payload: bytes


class Disk:
    """What a log asks of the disk. Tests put a failing one in its place."""

    def write(self, fd: int, data: bytes, offset: int) -> None:
        """Write all of `data` at `offset` and sync it; raises OSError, after which any part of it may stand."""
        view = memoryview(data)
        while view:
            written = os.pwrite(fd, view, offset)
            view, offset = view[written:], offset + written
        os.fdatasync(fd)

    def cut(self, fd: int, size: int) -> None:
        """Cut the file to `size` bytes; raises OSError."""
        os.ftruncate(fd, size)
        os.fdatasync(fd)


class LogReader:
    """Reads a log up to its last intact commit and never changes it.

    Iterating again goes on after the commit where the last complete pass ended, so a log can be followed.
    """

    def __init__(self, path: Path, format: LogFormat, config_digest: str | None = None) -> None:
        self.path = path
        self.end = 0
        """Offset after the last intact commit read (or the header); 0 while there is no whole header."""
        self.seq = 0
        """Records up to `end`."""
        self.lines = 0
        """Lines up to `end`."""
        self._format = format
        self._config_digest = config_digest

    def __iter__(self) -> Iterator[Record]:
        """Yield committed records.

        Raises RunDirectoryError for a log that is missing or of another format or configuration, LogDamage for
        damage before the last intact commit, StorageError when the disk cannot be read.
        """
        with _disk_faults(self.path), self.path.open("rb", buffering=_BLOCK_BYTES) as file:
            if self.end == 0:
                self._read_header(file)
            if self.end:
                file.seek(self.end)
                yield from self._batches(file)

    def _read_header(self, file: BinaryIO) -> None:
        line = file.readline()
        if not line.endswith(b"\n") and _looks_like_header(line):
            return
        body, _, _ = line.rpartition(b',"c":"')
        if not _looks_like_header(line):
            raise RunDirectoryError(f"{self.path}: not a {self._format.name} log")
        if line != _sealed(body, crc32(body)):
            raise LogDamage(self.path, 1, "the header is damaged")
        self._check_header(body)
        self.end, self.lines = len(line), 1

    def _check_header(self, body: bytes) -> None:
        found = orjson.loads(body + b"}")
        name, version = self._format
        if found["format"] != name or found["version"] != version:
            there = f"{found['format']} version {found['version']}"
            raise RunDirectoryError(f"{self.path}: holds {there}, but this program needs {name} version {version}")
        if self._config_digest not in (None, found["config"]):
            raise RunDirectoryError(
                f"{self.path}: belongs to a run with another configuration ({found['config']}, not"
                f" {self._config_digest}); use that configuration or choose another --out"
            )

    def _batches(self, file: BinaryIO) -> Iterator[Record]:
        batch: list[Record] = []
        offset, seq, crc = self.end, self.seq, 0
        for line in file:
            head = b'{"n":%d,"c":"' % (seq + 1)
            start = len(head) + _CRC_TO_PAYLOAD
            payload = line[start:-2]
            if (
                line.startswith(b'%b%08x"%b' % (head, crc32(payload), _MID))
                and line.endswith(b"}\n")
                and len(line) > start + 1
            ):
                seq += 1
                crc = crc32(line[: start - len(_MID)], crc)
                batch.append(Record(Position(offset + start, len(payload), seq), payload))
            elif batch and line == _commit_line(seq, crc):
                self.end, self.seq, self.lines = offset + len(line), seq, self.lines + len(batch) + 1
                yield from batch
                batch, crc = [], 0
            else:
                if _intact_batch_follows(line, file):
                    raise LogDamage(self.path, self.lines + len(batch) + 1, "a line is damaged")
                return
            offset += len(line)


def scan(path: Path, format: LogFormat, config_digest: str | None = None) -> Iterator[Record]:
    """Yield the committed records of a log without changing it; raises what `LogReader` raises."""
    return iter(LogReader(path, format, config_digest))


def read_record(fd: int, path: Path, position: Position) -> bytes:
    """Read one payload and check it; raises LogDamage if it is not what was written, StorageError on a read fault."""
    with _disk_faults(path):
        found = os.pread(fd, _CRC_TO_PAYLOAD + position.length, position.offset - _CRC_TO_PAYLOAD)
        payload = found[_CRC_TO_PAYLOAD:]
        if len(payload) != position.length or not found.startswith(b'%08x"%b' % (crc32(payload), _MID)):
            raise LogDamage(path, line_of(path, position), "a record has changed since it was written")
        return payload


def line_of(path: Path, position: Position) -> int:
    """Count the line of a position, for messages; raises OSError."""
    with path.open("rb") as file:
        return file.read(position.offset).count(b"\n") + 1
