"""A log's file, plain or sealed: opened, found and measured alike, at the offsets of the plain one.

Whoever reads may be another process than the one that seals (`tail` of a live run): the plain file may be gone when it
is to be opened, but then the sealed one is there.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from synthtools_stream.errors import RunDirectoryError, boundary
from synthtools_stream.storage.appendlog.sealed_log import damage_to, open_sealed, sealed_path

__all__ = ["bytes_on_disk", "log_exists", "log_size", "open_log"]

_BUFFER_BYTES = 1 << 20
"""Bytes read at once: a batch is read in few calls, and one block is nothing beside a run's memory."""


@contextmanager
def open_log(path: Path) -> Generator[BinaryIO]:
    """Open the log at `path` for reading.

    :raises RunDirectoryError: if there is none.
    :raises LogDamage: within the block, too: where what is sealed cannot be unpacked.
    """
    with boundary("cannot open the log", FileNotFoundError, PermissionError, as_=RunDirectoryError):
        file = _open(path)
    with file, damage_to(path):
        yield file


def log_exists(path: Path) -> bool:
    """Whether there is a log at `path`, plain or sealed."""
    return path.exists() or sealed_path(path).exists()


def log_size(path: Path) -> int:
    """Return how many bytes the log at `path` has, as lines.

    :raises RunDirectoryError: if there is none.
    :raises LogDamage: where what is sealed cannot be unpacked.
    """
    with open_log(path) as file:
        return file.seek(0, os.SEEK_END)


def bytes_on_disk(path: Path) -> int:
    """Return how many bytes the log at `path` takes, sealed or not.

    :raises OSError: if there is none.
    """
    return path.stat().st_size if path.exists() else sealed_path(path).stat().st_size


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb", buffering=_BUFFER_BYTES)
    except FileNotFoundError:
        if sealed_path(path).exists():
            return open_sealed(path)
        raise
