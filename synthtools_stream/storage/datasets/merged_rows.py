"""Rows of several files into one, in the order of their ids: whatever order they came in, the file is the same.

Where each row stands is kept in a temporary database of SQLite's, which spills to disk: memory does not grow with the
rows. A row that stands twice is written once; two rows that differ under one id are a contradiction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson

from synthtools_stream.errors import StorageError, UsageError, boundary
from synthtools_stream.storage.appendlog.disk import disk_faults
from synthtools_stream.storage.appendlog.whole_file import whole_file
from synthtools_stream.storage.datasets.line_file import has_lines, open_lines

__all__ = ["MergedRows", "merge_rows"]

_EVERY = 1000
"""Rows between two words of progress: some tenths of a second's work."""
_BUFFER = 1 << 20
"""Bytes that are read and written in one call."""
_CACHE_KIB = 16 * 1024
"""KiB of the index that are held: its hot pages, of some 100 bytes a row."""


class MergedRows(NamedTuple):
    """What came of it."""

    rows: int
    doubled: int
    """Rows that stood in two files, and were the same."""


class _Place(NamedTuple):
    source: int
    offset: int
    length: int


def merge_rows(
    paths: Sequence[Path], columns: Sequence[str], out: Path, show: Callable[[int], None] = lambda _rows: None
) -> MergedRows:
    """Write the rows of `paths` to `out`, whole or not at all, sorted by what stands in `columns`, the id first.

    Files that are not there hold no rows. `show` is told now and then how many rows are read or written.

    :raises UsageError: for a line that is no row of ours, and for two rows of one id that differ.
    :raises StorageError: when the disk refuses something.
    """
    with ExitStack() as stack, disk_faults(out), boundary(f"{out}: the index", sqlite3.Error, as_=StorageError):
        sources = [_Source(path, stack.enter_context(open_lines(path))) for path in paths if has_lines(path)]
        index = stack.enter_context(closing(_Index(columns, sources)))
        for number, source in enumerate(sources):
            with open_lines(source.path) as file:  # once more: the other is read in any order
                for count, (place, line) in enumerate(_lines(number, file), 1):
                    index.add(place, line)
                    if count % _EVERY == 0:
                        show(index.rows)
        with whole_file(out) as beside, beside.open("xb", buffering=_BUFFER) as merged:
            for count, place in enumerate(index, 1):
                merged.write(sources[place.source].at(place))
                if count % _EVERY == 0:
                    show(count)
        return MergedRows(index.rows, index.doubled)


class _Source(NamedTuple):
    """A file of rows, open to be read in any order."""

    path: Path
    file: BinaryIO

    def at(self, place: _Place) -> bytes:
        self.file.seek(place.offset)
        return self.file.read(place.length)


class _Index:
    """Where each row stands, by its key."""

    def __init__(self, columns: Sequence[str], sources: Sequence[_Source]) -> None:
        self.rows = 0
        self.doubled = 0
        self._columns = columns
        self._sources = sources
        self._table = sqlite3.connect("", isolation_level=None)  # a temporary one, which is nobody's file
        self._table.execute("PRAGMA journal_mode = OFF")
        self._table.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._table.execute("CREATE TABLE places (key BLOB PRIMARY KEY, source, start, length) WITHOUT ROWID")
        self._table.execute("BEGIN")

    def add(self, place: _Place, line: bytes) -> None:
        path = self._sources[place.source].path
        key = self._key(line, path, place.offset)
        try:
            self._table.execute("INSERT INTO places VALUES (?, ?, ?, ?)", (key, *place))
        except sqlite3.IntegrityError:
            known = self._table.execute("SELECT source, start, length FROM places WHERE key = ?", (key,))
            self._compare(_Place(*known.fetchone()), line, path, key)
            self.doubled += 1
        else:
            self.rows += 1

    def _compare(self, known: _Place, line: bytes, path: Path, key: bytes) -> None:
        other = self._sources[known.source]
        if other.at(known) != line:
            named = key.split(b"\0")[0].decode(errors="replace")
            raise UsageError(f"{path}: {named!r} is another row than in {other.path}; they are not parts of one run")

    def __iter__(self) -> Iterator[_Place]:
        for found in self._table.execute("SELECT source, start, length FROM places ORDER BY key"):
            yield _Place(*found)

    def close(self) -> None:
        self._table.close()

    def _key(self, line: bytes, path: Path, offset: int) -> bytes:
        try:
            row = orjson.loads(line)
            return b"\0".join(str(row[name]).encode() for name in self._columns)
        except (orjson.JSONDecodeError, KeyError, TypeError, UnicodeEncodeError) as error:
            raise UsageError(
                f"{path}: at byte {offset} stands no row of ours; run the shard's command again"
            ) from error


def _lines(source: int, file: BinaryIO) -> Iterator[tuple[_Place, bytes]]:
    offset = 0
    for line in file:
        yield _Place(source, offset, len(line)), line
        offset += len(line)
