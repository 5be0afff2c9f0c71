"""What opening an append log does to its file: a tail is cut off, a new log gets its header, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from synthtools_stream.errors import RunDirectoryError, boundary
from synthtools_stream.storage.appendlog.disk import Disk, disk_faults, sync_directory
from synthtools_stream.storage.appendlog.log_reader import LogReader, Position

__all__ = ["Recovered", "recover"]


class Recovered(NamedTuple):
    """An open log file that ends with its last intact commit."""

    fd: int
    tail_bytes: int


def recover(
    reader: LogReader, header: bytes, on_record: Callable[[Position, bytes], None] | None, disk: Disk
) -> Recovered:
    """Open a log's file and read it with `reader`; cut the tail, or write a new log's header.

    Raises RunDirectoryError for a file that cannot be opened or is not ours, StorageError when the disk fails, and
    what the reader raises; nothing has been changed then.
    """
    path = reader.path
    unusable = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
    with disk_faults(path), boundary("cannot open the log", *unusable, as_=RunDirectoryError):
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        for position, payload in reader:
            if on_record is not None:
                on_record(position, payload)
        with disk_faults(path):
            return Recovered(fd, _cut_tail(fd, reader, header, disk))
    except BaseException:
        os.close(fd)
        raise


def _cut_tail(fd: int, reader: LogReader, header: bytes, disk: Disk) -> int:
    tail = os.fstat(fd).st_size - reader.end
    if reader.end == 0 and not header.startswith(os.pread(fd, len(header) + 1, 0)):
        raise RunDirectoryError(f"{reader.path}: not one of our logs")
    if tail:
        disk.cut(fd, reader.end)
    if reader.end == 0:
        disk.write(fd, header, 0)
        sync_directory(reader.path.parent)
        reader.end, reader.lines = len(header), 1
    return tail
