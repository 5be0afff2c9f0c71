"""Read JSON Lines of any origin: bounded, in two passes, the last row of an id in the place of the first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

import orjson

from synthtools_stream.errors import SynthToolsError, UsageError, boundary
from synthtools_stream.storage.datasets.line_file import open_lines
from synthtools_stream.storage.datasets.shared_ids import SharedIds
from synthtools_stream.values.json_depth import compact_size, deeper_than
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "MAX_DEPTH",
    "MAX_LINE_BYTES",
    "RowPlace",
    "RowProblem",
    "id_of",
    "key_places",
    "misread",
    "read_jsonl",
    "read_lines",
    "read_places",
    "too_deep",
]

MAX_LINE_BYTES = 64 * 1024 * 1024
"""Bytes of a row at most: anybody's file may be read, and a line without end must not fill our memory."""
MAX_DEPTH = 200
"""Levels of nesting below a row at most: far more than any task has, and few enough for readers that recurse."""
_LEVELS = MAX_DEPTH + 1
"""Containers one inside the other: a row that is nested MAX_DEPTH deep has one more, its own."""
_CHUNK = 1 << 20
"""Bytes of a line that are read in one call, so that one that is too long is found out before it is held."""
_BOM = b"\xef\xbb\xbf"
_ID_FIRST = re.compile(rb'\{"id":"([^"\\]+)",')
_NOT_FINITE = re.compile(rb"(?<![\w\"])-?(?:NaN|Infinity)(?![\w\"])")


class RowProblem(SynthToolsError):
    """One row cannot be used; the reader adds file and line, and of rows that it has seen the id."""

    def __init__(self, reason: str, row_id: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.row_id = row_id


class RowPlace(NamedTuple):
    """Where a row stands in its file."""

    offset: int
    """In bytes."""
    line: int
    """From 1."""


def read_jsonl(path: Path, shared: SharedIds | None = None) -> Iterator[tuple[int, JsonObject | RowProblem]]:
    """Yield line number and row, or what is wrong with the line; blank lines are skipped.

    Which lines share an id is known, and in `shared`, before the first row.

    :raises UsageError: when the file cannot be read.
    """
    with boundary(f"{path}", OSError, as_=UsageError), open_lines(path) as file:
        places = _places(file, shared if shared is not None else SharedIds())
        for place in places.values():
            yield place.line, _row_at(file, place)


def read_lines(path: Path) -> Iterator[tuple[int, JsonObject | RowProblem]]:
    """Yield line number and row of every line, or what is wrong with it, in one pass; ids say nothing.

    :raises UsageError: when the file cannot be read.
    """
    with boundary(f"{path}", OSError, as_=UsageError), open_lines(path) as file:
        for place, line in _lines(file):
            yield place.line, _row(line)


def key_places(path: Path, shared: SharedIds) -> dict[str | int, RowPlace]:
    """Return where each row of a file stands, by its id, or by its line where it has none; see `read_jsonl`.

    :raises UsageError: when the file cannot be read.
    """
    with boundary(f"{path}", OSError, as_=UsageError), open_lines(path) as file:
        return _places(file, shared)


def read_places(
    path: Path, places: Iterable[RowPlace], *, careful: bool = True
) -> Iterator[tuple[int, JsonObject | RowProblem]]:
    """Yield line number and row at each of these places, or what is wrong with the line.

    Unless `careful`, a row is not looked into: for who wants one plain value of it.

    :raises UsageError: when the file cannot be read any more.
    """
    with boundary(f"{path}", OSError, as_=UsageError), open_lines(path) as file:
        for place in places:
            file.seek(place.offset)
            line = _next_line(file)
            yield place.line, _row(line) if careful else _at_a_glance(line)


def _row_at(file: BinaryIO, place: RowPlace) -> JsonObject | RowProblem:
    file.seek(place.offset)
    return _row(_next_line(file))


def _places(file: BinaryIO, shared: SharedIds) -> dict[str | int, RowPlace]:
    """Find where each row stands: by id, the last one wins; what has no id stands for itself.

    Most files name their ids first on each line, and each once: then nothing need be parsed to know that.
    """
    plain: dict[str | int, RowPlace] = {}
    for place, line in _lines(file):
        name = _plain_id(line)
        if name is None or name in plain:
            file.seek(0)
            return _parsed_places(file, shared)
        plain[name] = place
    return plain


def _plain_id(line: bytes | RowProblem) -> str | None:
    first = _ID_FIRST.match(line) if isinstance(line, bytes) else None
    try:
        return None if first is None else first[1].decode()
    except UnicodeDecodeError:
        return None


def _parsed_places(file: BinaryIO, shared: SharedIds) -> dict[str | int, RowPlace]:
    found: dict[str | int, RowPlace] = {}
    for place, line in _lines(file):
        row = _row(line)
        name = row.get("id") if isinstance(row, dict) else None
        key = name if isinstance(name, str) else f"{name}" if type(name) is int else place.line
        if key in found:
            shared.add(str(key), found[key].line, place.line)
        found[key] = place
    return found


def _lines(file: BinaryIO) -> Iterator[tuple[RowPlace, bytes | RowProblem]]:
    number = offset = 0
    while True:
        line = _next_line(file)
        if line == b"":
            return
        number += 1
        if isinstance(line, RowProblem) or line.removeprefix(_BOM).strip():
            yield RowPlace(offset, number), line
        offset = file.tell() if isinstance(line, RowProblem) else offset + len(line)


def _next_line(file: BinaryIO) -> bytes | RowProblem:
    piece = file.readline(_CHUNK)
    if len(piece) < _CHUNK and len(piece) <= MAX_LINE_BYTES:
        return piece
    pieces, size = [piece], len(piece)
    while piece and not piece.endswith(b"\n"):
        piece = file.readline(_CHUNK)
        size += len(piece)
        if size <= MAX_LINE_BYTES:
            pieces.append(piece)
        else:
            pieces.clear()  # what is refused anyway is not kept
    if size <= MAX_LINE_BYTES:
        return b"".join(pieces)
    return RowProblem(f"the line is longer than {MAX_LINE_BYTES // (1024 * 1024)} MiB")


def _row(line: bytes | RowProblem) -> JsonObject | RowProblem:
    if isinstance(line, RowProblem):
        return line
    text = line.removeprefix(_BOM).strip()
    try:
        row: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return RowProblem(_why_not_json(line, error))
    if not isinstance(row, dict):
        return RowProblem("the line is JSON, but no object")
    problem = misread("the row", row, text)
    return row if problem is None else RowProblem(problem, id_of(row))


def _at_a_glance(line: bytes | RowProblem) -> JsonObject | RowProblem:
    try:
        row: Json = orjson.loads(line if isinstance(line, bytes) else b"")
    except orjson.JSONDecodeError as error:
        return RowProblem(f"the line is not JSON: {error}")
    return row if isinstance(row, dict) else RowProblem("the line is JSON, but no object")


def misread(place: str, value: Json, text: bytes) -> str | None:
    """Say why readers may differ in what they make of a text that was read as `value`, if they may."""
    size = compact_size(value, _LEVELS)
    if size is None and too_deep(value):
        return f"{place} is nested more than {MAX_DEPTH} deep"
    if size == len(text):
        return None  # as compact as can be: then no key stood twice
    doubled = _doubled_key(text)
    return None if doubled is None else f"key {doubled[:80]!r} stands twice in one object of {place}"


def id_of(row: JsonObject) -> str:
    """Return the id that a row holds, as text, or nothing."""
    name = row.get("id")
    return name if isinstance(name, str) else f"{name}" if type(name) is int else ""


def _doubled_key(text: bytes) -> str | None:
    """Return a key that one object holds twice: readers differ in which of the two they take for the value."""
    doubled: list[str] = []

    def look(pairs: list[tuple[str, object]]) -> None:
        if not doubled and len({key for key, _ in pairs}) < len(pairs):
            keys = [key for key, _ in pairs]
            doubled.append(next(key for key in keys if keys.count(key) > 1))

    json.loads(text, object_pairs_hook=look, parse_int=float)
    return doubled[0] if doubled else None


def _why_not_json(line: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        line.decode()
    except UnicodeDecodeError as wrong:
        return f"the line is not UTF-8 (byte {wrong.start})"
    found = _NOT_FINITE.search(line)
    if found:
        return f"{found[0].decode()} is not JSON: numbers must be finite"
    if any(words in str(error) for words in ("depth limit", "allocate memory", "ecursion")):  # how orjson says it
        return f"the row is nested more than {MAX_DEPTH} deep"
    return f"the line is not JSON: {error}"


def too_deep(value: Json) -> bool:
    """Say whether a value is nested deeper than rows may be."""
    return deeper_than(value, _LEVELS)
