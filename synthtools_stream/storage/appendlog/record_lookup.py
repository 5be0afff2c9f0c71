"""Single records out of any log, plain or sealed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from synthtools_stream.errors import LogDamage
from synthtools_stream.storage.appendlog.disk import disk_faults
from synthtools_stream.storage.appendlog.log_format import CRC_TO_PAYLOAD, MID, Position
from synthtools_stream.storage.appendlog.log_reader import line_of
from synthtools_stream.storage.appendlog.sealed_log import BLOCK_BYTES, damage_to, open_sealed

__all__ = ["RecordLookup"]

_BLOCKS = 16
"""Unpacked blocks that are kept, 4 MiB: a resume asks for the records of one environment, which lie close together."""


class RecordLookup:
    """Reads records by their position; for one run, in which no line of a log ever changes. May be used by threads."""

    def __init__(self) -> None:
        """Keep the latest blocks of sealed logs unpacked."""
        self._block: Callable[[Path, int], bytes] = lru_cache(_BLOCKS)(_unpacked_block)

    def read(self, path: Path, position: Position) -> bytes:
        """Read one payload.

        :raises LogDamage: if it is not what was written.
        :raises StorageError: when the disk cannot be read.
        """
        start, size = position.offset - CRC_TO_PAYLOAD, CRC_TO_PAYLOAD + position.length
        with disk_faults(path):
            try:
                found = _plain_bytes(path, start, size)
            except FileNotFoundError:
                found = self._sealed_bytes(path, start, size)
            payload = found[CRC_TO_PAYLOAD:]
            if len(payload) != position.length or not found.startswith(b'%08x"%b' % (crc32(payload), MID)):
                raise LogDamage(path, line_of(path, position), "this record has changed since it was written")
            return payload

    def _sealed_bytes(self, path: Path, start: int, size: int) -> bytes:
        first, last = start // BLOCK_BYTES, (start + size - 1) // BLOCK_BYTES
        blocks = b"".join(self._block(path, number) for number in range(first, last + 1))
        return blocks[start - first * BLOCK_BYTES :][:size]


def _plain_bytes(path: Path, start: int, size: int) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(fd, size, start)
    finally:
        os.close(fd)


def _unpacked_block(path: Path, number: int) -> bytes:
    with damage_to(path), open_sealed(path) as file:
        file.seek(number * BLOCK_BYTES)
        return file.read(BLOCK_BYTES)
