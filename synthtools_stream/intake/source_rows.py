"""The rows of anybody's file in their order: JSON Lines and parquet row by row, one JSON value as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from synthtools_stream.errors import UsageError, boundary
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem, read_lines, too_deep
from synthtools_stream.storage.datasets.parquet_reader import read_table
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["SourceRow", "source_rows"]

SourceRow = tuple[int, JsonObject | RowProblem]
"""The line (in a list or a table: the row; from 1), and what stands there."""
_TEXT = (".jsonl", ".ndjson", ".json")
_MOST_BYTES = 1 << 30
"""Bytes of a file that is one JSON value: all of it is held, at some five times its size."""
_PEEK = 4096
"""Bytes from which the form of a file is told."""


def source_rows(path: Path) -> Iterator[SourceRow]:
    """Yield the rows of a `.jsonl`, `.json` or `.parquet` file.

    :raises UsageError: when it cannot be read.
    """
    if not path.exists():
        raise UsageError(f"{path}: there is no such file")
    if not path.is_file():
        raise UsageError(f"{path}: not a file; name a .jsonl, .json or .parquet file in it")
    if path.suffix == ".parquet":
        return read_table(path)
    if path.suffix not in _TEXT:
        raise UsageError(f"{path}: unknown kind of file; .jsonl, .json and .parquet can be read")
    return _value_rows(path) if _is_one_value(path) else read_lines(path)


def _is_one_value(path: Path) -> bool:
    """Say whether a file is one JSON value: a list, or an object over several lines."""
    with boundary(f"{path}", OSError, as_=UsageError), path.open("rb") as file:
        start = file.read(_PEEK).removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"[") or start.partition(b"\n")[0].strip() == b"{"


def _value_rows(path: Path) -> Iterator[SourceRow]:
    with boundary(f"{path}", OSError, as_=UsageError):
        size = path.stat().st_size
        if size > _MOST_BYTES:
            raise UsageError(f"{path}: a list of {size:,} bytes is too long to be held; make lines of it (jq -c '.[]')")
        try:
            value: Json = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            raise UsageError(f"{path}: not JSON: {error}") from error
    rows = value if isinstance(value, list) else [value]
    del value
    for number, row in enumerate(rows, start=1):
        yield number, _checked(row)


def _checked(row: Json) -> JsonObject | RowProblem:
    if not isinstance(row, dict):
        return RowProblem("the item is JSON, but no object")
    return RowProblem("the item is nested too deep") if too_deep(row) else row
