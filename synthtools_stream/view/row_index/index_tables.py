"""The tables of an index, and how a row gets into them.

Texts are in a full-text table that keeps no text, only which words stand in which row: rows are read where they stand.
Nothing can be deleted from such a table, so a row that is replaced gets a number of its own, and the number of the one
before stands for nothing any more.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem, RowSpan
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.row_index.filter_columns import FILTERS, columns_of, title_of
from synthtools_stream.view.row_index.spoken_text import ROLES, spoken
from synthtools_stream.view.row_sources import SourceFile
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["VERSION", "IndexedFile", "add_row", "make_tables"]

VERSION = 1
"""Of the tables and of what stands in them: an index of another version is built anew."""
_COLUMNS = ("kind", "key", "id", "file", "offset", "line", "title", *FILTERS)
_TABLES = f"""
CREATE TABLE source (file INTEGER PRIMARY KEY, path TEXT, kind TEXT, size INTEGER, mtime INTEGER, offset INTEGER,
                     line INTEGER, head TEXT, tail TEXT);
CREATE TABLE row (n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, key TEXT, id TEXT, file INTEGER, offset INTEGER,
                  line INTEGER, title TEXT, {", ".join(f"{name} TEXT" for name in FILTERS)});
CREATE UNIQUE INDEX row_key ON row (kind, key);
CREATE INDEX row_kind ON row (kind);
CREATE INDEX row_filters ON row (kind, {", ".join(FILTERS)}, id);
CREATE INDEX row_task ON row (task, kind);
CREATE INDEX row_environment ON row (environment, kind, verdict, field);
CREATE VIRTUAL TABLE words USING fts5({", ".join(ROLES)}, content='', columnsize=0,
                                      tokenize="unicode61 remove_diacritics 2");
PRAGMA user_version = {VERSION};
"""
_ADD_ROW = f"INSERT INTO row ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_ADD_WORDS = f"INSERT INTO words (rowid, {', '.join(ROLES)}) VALUES (?, {', '.join('?' * len(ROLES))})"


class IndexedFile(NamedTuple):
    """A file as its rows name it."""

    number: int
    """Among all files."""
    rank: int
    """Among those of its kind; both from 0."""
    source: SourceFile


class _Before(NamedTuple):
    n: int
    file: int


def make_tables(database: sqlite3.Connection) -> None:
    """Make the tables of an empty index."""
    database.executescript(_TABLES)


def add_row(database: sqlite3.Connection, file: IndexedFile, span: RowSpan, row: JsonObject | RowProblem) -> None:
    """Take in a row; of those of one file that share an id the last counts.

    :raises UsageError: when another file has a row of this id.
    """
    kind = file.source.kind
    readable = row if isinstance(row, dict) else {}
    row_id = readable.get("id")
    name = row_id if isinstance(row_id, str) and row_id else f"{row_id}" if type(row_id) is int else ""
    key = _key(kind, name, file.rank, span.place.line)
    before = _Before(*found) if (found := _find(database, kind, key)) else None
    if before is not None:
        if before.file != file.number:
            raise UsageError(f"{file.source.path}: {name!r} is in another of the files, too; name one of them")
        database.execute("DELETE FROM row WHERE n = ?", (before.n,))
    title = title_of(kind, readable) if readable else str(row)
    columns = columns_of(kind, readable) if readable else {}
    filters = [columns.get(name) for name in FILTERS]
    place = (file.number, span.place.offset, span.place.line)
    number = database.execute(_ADD_ROW, (kind, key, name or key, *place, title, *filters)).lastrowid
    said = spoken(kind, readable) if readable else {"other": str(row)}
    database.execute(_ADD_WORDS, (number, *(_storable(said.get(role, "")) for role in ROLES)))


def _find(database: sqlite3.Connection, kind: ShownKind, key: str) -> tuple[int, int] | None:
    found: tuple[int, int] | None = database.execute(
        "SELECT n, file FROM row WHERE kind = ? AND key = ?", (kind, key)
    ).fetchone()
    return found


def _key(kind: ShownKind, name: str, rank: int, line: int) -> str:
    """Return what a row's address ends with: its id, but of rejects, of which one item may have several, the line."""
    if kind is not ShownKind.rejects and name:
        return name
    place = f"{rank}.{line}" if rank else f"{line}"
    return place if kind is ShownKind.rejects else f"line {place}"


def _storable(text: str) -> str:
    """Return a text as a database takes it: half of a surrogate pair is no text."""
    return text if text.isascii() else text.encode(errors="replace").decode()
