"""The lines of an append log: how each is made, and how an intact one is known.

On disk a log is JSON lines:

    {"format":"synthtools-stream/journal","version":1,"config":"<digest>",
     "epoch":2,"after":[1,0,4711],"c":"0badcafe"}                                           header, one line
    {"n":1,"c":"1a2b3c4d","r":<payload, one JSON value>}                                    record
    {"n":2,"c":"5e6f7a8b","r":<payload>}                                                    record
    {"commit":2,"of":2,"c":"9c0d1e2f"}                                                      end of a batch of 2

`epoch` numbers the process that wrote the log (absent: 0), `after` says what it had read when it began: up to which
record of which segment of which epoch (`lineage.py`). `n` counts records from 1 without gaps; every `c` is a CRC-32 in
hex: a record's over its payload, the header's over what stands before `,"c"`, a commit's over the heads
(`{"n":1,"c":"1a2b3c4d"`) of its batch and then its own. So a commit is intact only if its whole batch is, and a batch
whose blocks reached the disk out of order before a power cut is told from one that was whole. Lines are never
rewritten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

import orjson

__all__ = [
    "CRC_TO_PAYLOAD",
    "HEADER_LEAD",
    "MID",
    "After",
    "Commit",
    "LogFormat",
    "Position",
    "Record",
    "commit_line",
    "header_fields",
    "header_line",
    "intact_record",
    "is_intact_header",
    "read_commit",
    "record_head",
]

MID = b',"r":'
"""What stands between a record's checksum and its payload."""
CRC_TO_PAYLOAD = len(b'1a2b3c4d"') + len(MID)
"""Bytes from where a record's checksum begins to where its payload does."""
HEADER_LEAD = b'{"format":"'
"""How every log begins."""

_LEAD = re.compile(rb'\{"n":')
_RECORD = re.compile(rb'(\{"n":(\d+),"c":"[0-9a-f]{8}"),"r":(.*)\}\n', re.DOTALL)
_COMMIT = re.compile(rb'\{"commit":(\d+),"of":(\d+),"c":"[0-9a-f]{8}"\}\n')


class LogFormat(NamedTuple):
    """What kind of log a file is; a program reads only the version that it writes."""

    name: str
    version: int


class After(NamedTuple):
    """The last record that an epoch builds on."""

    epoch: int
    segment: int
    seq: int
    """Its number in that segment; 0 where nothing of the segment had been written."""


class Position(NamedTuple):
    """Where a record's payload lies in its file."""

    offset: int
    length: int
    seq: int


class Record(NamedTuple):
    """One committed record."""

    position: Position
    payload: bytes


class Commit(NamedTuple):
    """What a commit line says; whether it holds, only its batch tells."""

    seq: int
    """Number of the last record before it."""
    size: int
    """Records in its batch."""


def header_line(log_format: LogFormat, config_digest: str, epoch: int = 0, after: After | None = None) -> bytes:
    """Make a log's first line."""
    fields: dict[str, object] = {"format": log_format.name, "version": log_format.version, "config": config_digest}
    if epoch:
        fields["epoch"] = epoch
    if after is not None:
        fields["after"] = [*after]
    body = orjson.dumps(fields)[:-1]
    return _sealed(body, crc32(body))


def header_fields(line: bytes) -> dict[str, object] | None:
    """Read a log's first line; None if it is not as it was written."""
    body = line.rpartition(b',"c":"')[0]
    if line != _sealed(body, crc32(body)):
        return None
    fields: dict[str, object] = orjson.loads(body + b"}")
    return fields


def is_intact_header(line: bytes) -> bool:
    """Tell whether a line is the header of some log, as it was written."""
    return line.startswith(HEADER_LEAD) and header_fields(line) is not None


def record_head(seq: int, payload: bytes) -> bytes:
    """Make what stands in a record's line before `MID` and the payload."""
    return b'{"n":%d,"c":"%08x"' % (seq, crc32(payload))


def intact_record(line: bytes) -> re.Match[bytes] | None:
    """Find an intact record at the end of a line; before it may stand what lost its own line break.

    The match's first group is its head, the second its number, the third its payload.
    """
    for lead in _LEAD.finditer(line):
        record = _RECORD.fullmatch(line, lead.start())
        if record is not None and record[1] == record_head(int(record[2]), record[3]):
            return record
    return None


def commit_line(seq: int, heads: Sequence[bytes]) -> bytes:
    """Make the line that ends a batch of records with these heads, the last of which is `seq`."""
    body = b'{"commit":%d,"of":%d' % (seq, len(heads))
    return _sealed(body, crc32(body, crc32(b"".join(heads))))


def read_commit(line: bytes) -> Commit | None:
    """Read a commit line; None for any other line."""
    commit = _COMMIT.fullmatch(line)
    return Commit(int(commit[1]), int(commit[2])) if commit else None


def _sealed(body: bytes, crc: int) -> bytes:
    """Close an open JSON object with its checksum, as one line."""
    return b'%b,"c":"%08x"}\n' % (body, crc)
