"""A file of rows made of another one: written beside its place, and there at the end only."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import orjson

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.appendlog.whole_file import whole_file
from synthtools_stream.storage.datasets.line_file import ROW_SUFFIXES
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["replaced_file"]


@contextmanager
def replaced_file(path: Path, out: Path) -> Generator[Callable[[JsonObject], None]]:
    """Yield what writes rows beside `out`; they take its place when all are written, and go when they are not.

    :raises UsageError: when `out` is `path`, the file that is read, is no file of rows, or has no directory.
    :raises StorageError: when the disk refuses it.
    """
    if not out.parent.is_dir():
        raise UsageError(f"{out}: there is no such directory")
    if out.suffix not in ROW_SUFFIXES:
        raise UsageError(f"{out}: rows are written as JSON Lines; name a file that ends in .jsonl")
    if out.exists() and path.exists() and out.samefile(path):
        raise UsageError(f"{out}: this is the file that is read; name another")
    with whole_file(out) as beside, beside.open("xb") as file:
        yield lambda row: _append(file.write, row)


def _append(write: Callable[[bytes], int], row: JsonObject) -> None:
    write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
