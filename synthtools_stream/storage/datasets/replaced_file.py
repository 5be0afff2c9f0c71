"""A file of rows made of another one: written beside its place, and there at the end only."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import orjson

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.appendlog.disk import disk_faults, sync_directory
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["replaced_file"]

_READABLE = (".jsonl", ".ndjson")


@contextmanager
def replaced_file(path: Path, out: Path) -> Generator[Callable[[JsonObject], None]]:
    """Yield what writes rows beside `out`; they take its place when all are written, and go when they are not.

    :raises UsageError: when `out` is `path`, the file that is read, is no file of rows, or has no directory.
    :raises StorageError: when the disk refuses it.
    """
    if not out.parent.is_dir():
        raise UsageError(f"{out}: there is no such directory")
    if out.suffix not in _READABLE:
        raise UsageError(f"{out}: rows are written as JSON Lines; name a file that ends in .jsonl")
    if out.exists() and path.exists() and out.samefile(path):
        raise UsageError(f"{out}: this is the file that is read; name another")
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with disk_faults(out), beside.open("xb") as file:
            yield lambda row: _append(file.write, row)
            file.flush()
            os.fsync(file.fileno())
        with disk_faults(out):
            beside.replace(out)
            sync_directory(out.parent)
    finally:
        beside.unlink(missing_ok=True)


def _append(write: Callable[[bytes], int], row: JsonObject) -> None:
    write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
