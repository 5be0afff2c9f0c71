"""A file of rows as lines, plain or compressed: `tools.jsonl`, or `tools.jsonl.zst` where `compact` has sealed it.

Whoever names `tools.jsonl` is given the lines of either; while the plain file is there, it is the one that counts. Only
the seekable form of zstd is read, which `compact` writes, since rows are found again by where they stand.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from synthtools_stream.errors import LogDamage, UsageError
from synthtools_stream.storage.appendlog.sealed_log import damage_to, open_sealed, sealed_path

__all__ = ["ROW_SUFFIXES", "has_lines", "is_line_file", "kept_at", "lines_size", "open_lines"]

ROW_SUFFIXES = (".jsonl", ".ndjson")
"""How files of rows as lines are called."""
_PACKED = ".zst"
_BUFFER = 1 << 18
"""Rows are longer than what is read at once by default."""


def is_line_file(path: Path) -> bool:
    """Whether a name is that of a file of rows as lines, compressed or not."""
    return _plain(path).suffix in ROW_SUFFIXES


def has_lines(path: Path) -> bool:
    """Whether there is such a file."""
    return path.is_file() or sealed_path(path).is_file()


def kept_at(path: Path) -> Path:
    """Return the file that has the lines: the plain one, unless there is only a compressed one."""
    return path if path.exists() or not sealed_path(path).exists() else sealed_path(path)


def lines_size(path: Path) -> int:
    """Return the bytes of its lines, however they are kept; 0 where there is no file.

    :raises UsageError: where it is compressed and cannot be unpacked.
    :raises OSError: where it cannot be read.
    """
    if path.is_file() and path.suffix != _PACKED:
        return path.stat().st_size
    if not has_lines(path):
        return 0
    with open_lines(path) as file:
        return file.seek(0, os.SEEK_END)


@contextmanager
def open_lines(path: Path) -> Generator[BinaryIO]:
    """Open it for reading.

    :raises UsageError: within the block, too: where it is compressed and cannot be unpacked.
    :raises OSError: where there is none, or it cannot be read.
    """
    if path.suffix != _PACKED and (path.exists() or not sealed_path(path).exists()):
        with path.open("rb", buffering=_BUFFER) as file:
            yield file
        return
    try:
        with damage_to(_plain(path)), open_sealed(_plain(path)) as file:
            yield file
    except LogDamage as error:
        raise UsageError(f"{error.path}: cannot be read row by row; unpack it with zstd -d") from error


def _plain(path: Path) -> Path:
    return path.with_suffix("") if path.suffix == _PACKED else path
