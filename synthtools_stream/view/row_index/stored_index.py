"""The index of what is looked at, kept beside it: built once, gone on with where files have grown, built anew where it
is stale.

It lies in the run directory as `view.index`, beside a file as `<file>.index`; of several, in the first one's place
under a name of its own. Where nothing can be written it is a temporary file. It is built beside and renamed into place;
afterwards each batch of new rows is one transaction. All of it can be deleted at any time.

An index is stale where a file became smaller, or where its first bytes or those before the last known row's end are no
more what they were: rows are appended, so such a file is another one.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import StorageError, SynthToolsError, boundary
from synthtools_stream.storage.appendlog.whole_file import whole_file
from synthtools_stream.storage.datasets.jsonl_reader import RowPlace, read_spans
from synthtools_stream.storage.datasets.line_file import kept_at, lines_size, open_lines
from synthtools_stream.view.row_index.index_tables import VERSION, IndexedFile, add_row, make_tables
from synthtools_stream.view.row_sources import RowSources

__all__ = ["Show", "StoredIndex", "index_path"]

_SAMPLE_BYTES = 4096
"""Bytes at either end of what was read by which a file is known again: more than a row's id, read in no time."""
_BATCH_BYTES = 16 * 1024 * 1024
"""Bytes of rows in one transaction, and between two words of progress: a second's work."""
_FRESH_BYTES = 2 * 1024 * 1024
"""Likewise of new rows that are taken in before a page is made: a tenth of a second or so; the next page takes more."""
_PATIENCE_S = 30.0
"""Seconds to wait for another viewer that writes to the same index."""
_NAME = "view.index"

Show = Callable[[int, int], None]
"""Told now and then how many bytes of how many are read."""


class _Stale(SynthToolsError):
    """The index does not tell of these files."""


class _Known(NamedTuple):
    """What the index knows of a file."""

    size: int
    """As it was when all of it had been read; 0 where there was more."""
    mtime: int
    start: RowPlace
    """The end of the last row that is known."""
    head: str
    tail: str


class _Grown(NamedTuple):
    """A file that holds more than the index knows."""

    of: IndexedFile
    known: _Known
    size: int
    mtime: int


class StoredIndex:
    """An index that is open; for one thread at a time."""

    def __init__(self, sources: RowSources, path: Path | None, show: Show) -> None:
        """Open the index at `path`, or build it; without a path it goes with its object.

        :raises UsageError: when a file of rows cannot be read, or two of them hold one row.
        :raises StorageError: when the disk fails.
        """
        self.sources = sources
        self.path = path
        self._database = self._open(show)

    @property
    def database(self) -> sqlite3.Connection:
        """The tables of `index_tables`."""
        return self._database

    def close(self) -> None:
        """Close it; may be repeated."""
        self._database.close()

    def refresh(self) -> None:
        """Take in what came to the files, as far as a batch goes; a stale index is built anew.

        :raises UsageError: when a file of rows cannot be read any more.
        :raises StorageError: when the disk fails.
        """
        with _disk():
            try:
                self._catch_up(self._database, lambda _done, _all: None, once=True)
            except _Stale:
                self._database.close()
                self._database = self._build(lambda _done, _all: None)

    def _open(self, show: Show) -> sqlite3.Connection:
        with _disk():
            if self.path is not None and self.path.is_file():
                database = _connect(self.path)
                try:
                    self._assert_same(database)
                    self._catch_up(database, show)
                except (_Stale, sqlite3.DatabaseError):
                    database.close()
                else:
                    return database
            return self._build(show)

    def _build(self, show: Show) -> sqlite3.Connection:
        if self.path is None:
            database = _connect("")
            self._fill(database, show)
            return database
        with whole_file(self.path) as beside, closing(_connect(beside)) as database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            self._fill(database, show)
        return _connect(self.path)

    def _fill(self, database: sqlite3.Connection, show: Show) -> None:
        make_tables(database)
        for number, (kind, path) in enumerate(self.sources.files):
            database.execute(
                "INSERT INTO source VALUES (?, ?, ?, 0, 0, 0, 1, '', '')", (number, os.fsencode(path).hex(), kind)
            )
        database.commit()
        self._catch_up(database, show)
        database.execute("PRAGMA optimize")

    def _assert_same(self, database: sqlite3.Connection) -> None:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            raise _Stale
        told = database.execute("SELECT path, kind FROM source ORDER BY file").fetchall()
        if told != [(os.fsencode(path).hex(), str(kind)) for kind, path in self.sources.files]:
            raise _Stale

    def _catch_up(self, database: sqlite3.Connection, show: Show, *, once: bool = False) -> None:
        """Take in what is new; `once`, no more than one small batch of it."""
        if not any(self._grown(database)):
            return
        # From here on no other viewer writes: what is read of the index stays true until it is added to.
        database.execute("BEGIN IMMEDIATE")
        try:
            self._add(database, list(self._grown(database)), show, once=once)
        except BaseException:
            database.rollback()
            raise
        database.commit()

    def _add(self, database: sqlite3.Connection, grown: Sequence[_Grown], show: Show, *, once: bool) -> None:
        whole = sum(file.size - file.known.start.offset for file in grown)
        done = 0
        for file in grown:
            at = file.known.start
            for end, is_last in _batches(database, file, _FRESH_BYTES if once else _BATCH_BYTES):
                _note(database, file, end, is_last=is_last)
                done, at = done + end.offset - at.offset, end
                show(done, whole)
                if once and not is_last:
                    return
                database.commit()
                database.execute("BEGIN IMMEDIATE")

    def _grown(self, database: sqlite3.Connection) -> Iterator[_Grown]:
        for number, source in enumerate(self.sources.files):
            known = _known(database, number)
            try:
                size, mtime = lines_size(source.path), kept_at(source.path).stat().st_mtime_ns
            except FileNotFoundError:
                if known.start.offset:
                    raise _Stale from None
                continue
            if (size, mtime) == (known.size, known.mtime):
                continue
            rewritten = size == known.size > 0 or size < known.start.offset
            if rewritten or _samples(source.path, known.start.offset) != (known.head, known.tail):
                raise _Stale
            rank = sum(other.kind is source.kind for other in self.sources.files[:number])
            yield _Grown(IndexedFile(number, rank, source), known, size, mtime)


def index_path(sources: RowSources) -> Path | None:
    """Return where the index of `sources` is kept; None where nothing can be written there."""
    first = sources.runs[0] if sources.runs else sources.files[0].path.parent
    if not os.access(first, os.W_OK | os.X_OK):
        return None
    if len(sources.folders) == 1 and (sources.runs or len(sources.files) > 1):
        return first / _NAME
    if len(sources.files) == 1:
        only = sources.files[0].path
        return only.with_name(f"{only.name}.index")
    together = b"\0".join(os.fsencode(file.path.resolve()) for file in sources.files)
    return first / f"view-{hashlib.blake2b(together, digest_size=4).hexdigest()}.index"


def _batches(database: sqlite3.Connection, file: _Grown, most: int) -> Iterator[tuple[RowPlace, bool]]:
    """Take rows in and yield, for each `most` bytes, where the next row begins, and whether there is none yet."""
    end = file.known.start
    begun = end.offset
    for span, row in read_spans(file.of.source.path, end):
        if not (span.ended or isinstance(row, dict)):
            break  # half of a row that is being written
        add_row(database, file.of, span, row)
        if span.ended:
            end = RowPlace(span.place.offset + span.size, span.place.line + 1)
        if end.offset - begun >= most:
            begun = end.offset
            yield end, False
    yield end, True


def _note(database: sqlite3.Connection, file: _Grown, end: RowPlace, *, is_last: bool) -> None:
    # What the file was before it was read: what has come since is seen the next time. Half-way, it counts as changed.
    size, mtime = (file.size, file.mtime) if is_last else (0, 0)
    database.execute(
        "UPDATE source SET size = ?, mtime = ?, offset = ?, line = ?, head = ?, tail = ? WHERE file = ?",
        (size, mtime, end.offset, end.line, *_samples(file.of.source.path, end.offset), file.of.number),
    )


def _known(database: sqlite3.Connection, number: int) -> _Known:
    size, mtime, offset, line, head, tail = database.execute(
        "SELECT size, mtime, offset, line, head, tail FROM source WHERE file = ?", (number,)
    ).fetchone()
    return _Known(size, mtime, RowPlace(offset, line), head, tail)


def _samples(path: Path, end: int) -> tuple[str, str]:
    """Return digests of the first bytes of a file and of those before `end`; of nothing, empty ones."""
    if not end:
        return "", ""
    with open_lines(path) as file:
        head = file.read(min(_SAMPLE_BYTES, end))
        file.seek(max(0, end - _SAMPLE_BYTES))
        tail = file.read(min(_SAMPLE_BYTES, end))
    return hashlib.blake2b(head, digest_size=8).hexdigest(), hashlib.blake2b(tail, digest_size=8).hexdigest()


def _connect(path: Path | str) -> sqlite3.Connection:
    # The server asks from one worker thread, which need not be the one that opened it.
    return sqlite3.connect(path, timeout=_PATIENCE_S, check_same_thread=False)


@contextmanager
def _disk() -> Generator[None]:
    with boundary("the index of the rows", sqlite3.Error, OSError, as_=StorageError):
        yield
