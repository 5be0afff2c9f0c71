"""A file that is there whole or not at all, however it is written."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from synthtools_stream.storage.appendlog.disk import disk_faults, sync_directory

__all__ = ["put_file", "whole_file"]


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Yield a path beside `path` to write to; at the end it takes the place of `path`, and goes where that fails.

    :raises StorageError: when the disk refuses it.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{token_hex(4)}")  # other machines have the same numbers
    try:
        with disk_faults(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield beside
            with beside.open("rb") as file:
                os.fsync(file.fileno())
            beside.replace(path)
            sync_directory(path.parent)
    finally:
        with suppress(OSError):  # what went wrong before is told
            beside.unlink(missing_ok=True)


def put_file(path: Path, content: bytes) -> None:
    """Write a whole file from memory, in the place of one that may be there.

    :raises StorageError: when the disk refuses it.
    """
    with whole_file(path) as beside:
        beside.write_bytes(content)
