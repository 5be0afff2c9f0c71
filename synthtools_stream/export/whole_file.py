"""A file that is there whole or not at all, however it is written."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from synthtools_stream.storage.appendlog.disk import disk_faults, sync_directory

__all__ = ["whole_file"]


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Yield a path beside `path` to write to; at the end it takes the place of `path`.

    :raises StorageError: when the disk refuses it.
    """
    beside = path.with_name(f".{path.name}.new")
    with disk_faults(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
        sync_directory(path.parent)
