"""Whether a directory's disk does what a run relies on; tried on hidden files at every start, in a few milliseconds.

What is relied on: an exclusive create refuses everybody but the first; what was written and synced is read through
another descriptor; a rename puts a file in another's place, as a whole; directories can be synced. What cannot be tried
from one machine: that another one, which opens a file after it was synced here, sees all of it (docs/durability.md).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from synthtools_stream.errors import RunDirectoryError, StorageError
from synthtools_stream.storage.appendlog.disk import sync_directory, write_all
from synthtools_stream.storage.appendlog.log_writer import exclusive_file

__all__ = ["probe_directory"]

_FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the disk says when the same command may work later."""


def probe_directory(directory: Path) -> None:
    """Try what a run relies on.

    :raises RunDirectoryError: where the disk does not do it, with what.
    :raises StorageError: where the disk is full.
    """
    first, second = (directory / f".probe-{token_hex(4)}" for _ in range(2))
    try:
        with _trying(directory):
            _try_exclusive_create(directory, first)
            _try_reading_back(directory, first)
            _try_rename(directory, first, second)
            sync_directory(directory)
    finally:
        for path in (first, second):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _try_exclusive_create(directory: Path, path: Path) -> None:
    os.close(exclusive_file(path))
    try:
        os.close(exclusive_file(path))
    except FileExistsError:
        return
    raise _unfit(directory, "lets two processes create the same file exclusively")


def _try_reading_back(directory: Path, path: Path) -> None:
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        write_all(fd, b"first", 0)
        os.fdatasync(fd)
        if path.read_bytes() != b"first":
            raise _unfit(directory, "does not give back what was written and synced")
    finally:
        os.close(fd)


def _try_rename(directory: Path, path: Path, other: Path) -> None:
    other.write_bytes(b"second")
    other.replace(path)
    if other.exists() or path.read_bytes() != b"second":
        raise _unfit(directory, "does not put a renamed file in the place of another")


@contextmanager
def _trying(directory: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageError(f"{directory}: {error.strerror}") from error
        raise _unfit(directory, f"refuses an operation that runs need ({error.strerror})") from error


def _unfit(directory: Path, why: str) -> RunDirectoryError:
    return RunDirectoryError(f"{directory}: its disk {why}; choose another --out")
