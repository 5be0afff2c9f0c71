"""What our logs and datasets ask of the disk; tests put a failing `Disk` in its place."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

from synthtools_stream.errors import StorageError, boundary

__all__ = ["Disk", "disk_faults", "sync_directory", "write_all"]


class Disk:
    """A file's bytes, made durable or taken away."""

    def write(self, fd: int, data: bytes, offset: int) -> None:
        """Write all of `data` at `offset` and sync it.

        :raises OSError: when the disk refuses it; any part of it may stand then.
        """
        write_all(fd, data, offset)
        os.fdatasync(fd)

    def cut(self, fd: int, size: int) -> None:
        """Cut the file to `size` bytes and sync it.

        :raises OSError: when the disk refuses it.
        """
        os.ftruncate(fd, size)
        os.fdatasync(fd)


def write_all(fd: int, data: bytes, offset: int) -> None:
    """Write all of `data` at `offset` without a sync.

    :raises OSError: when the disk refuses it; any part of it may stand then.
    """
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, offset)
        view, offset = view[written:], offset + written


def sync_directory(path: Path) -> None:
    """Make what was created or renamed in a directory durable.

    :raises OSError: when the disk refuses it.
    """
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def disk_faults(path: Path) -> AbstractContextManager[None]:
    """Turn the OSErrors of a block into StorageError, naming `path`."""
    return boundary(str(path), OSError, as_=StorageError)
