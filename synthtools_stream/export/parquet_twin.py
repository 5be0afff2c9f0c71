"""A table beside finished lines, `train.parquet` beside `train.jsonl`: for readers that take nothing else.

What has keys of its own in each row stands as JSON text. As a table's own objects Arrow would give each row the keys of
all others, with nulls, and make one type of what are several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeAlias

import orjson

from synthtools_stream.errors import UsageError, boundary
from synthtools_stream.storage.appendlog.whole_file import whole_file
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Shape", "assert_tables", "write_twin"]

Shape: TypeAlias = "Literal['text', 'whole', 'number', 'flag', 'json'] | list[Shape] | dict[str, Shape]"
"""What stands in a column: `json` becomes JSON text, `[shape]` is a list, `{name: shape}` an object that has just these
keys in every row."""
_AT_ONCE = 64 << 20
"""Bytes of lines that are held, and stand in one row group: readers take a group at a time."""


def assert_tables() -> None:
    """Refuse what comes to nothing without pyarrow.

    :raises UsageError: when it is not installed.
    """
    if find_spec("pyarrow") is None:
        raise UsageError("writing parquet needs pyarrow: pip install 'synthtools-stream[parquet]'")


def write_twin(lines: Path, columns: Mapping[str, Shape], at_once: int = _AT_ONCE) -> Path:
    """Write the rows of a file of lines as parquet beside it, `at_once` bytes a row group, and return where.

    :raises UsageError: without pyarrow, and when a row is not of this shape.
    :raises StorageError: when the disk refuses it.
    """
    assert_tables()
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = lines.with_suffix(".parquet")
    schema = pa.schema([(name, _type(shape)) for name, shape in columns.items()])
    with (
        whole_file(table) as path,
        boundary(str(lines), pa.ArrowException, as_=UsageError),
        pq.ParquetWriter(path, schema, compression="zstd") as writer,
    ):
        for rows in _groups(lines, at_once):
            shaped = [{name: _value(row.get(name), shape) for name, shape in columns.items()} for row in rows]
            writer.write_batch(pa.RecordBatch.from_pylist(shaped, schema))
    return table


def _groups(lines: Path, at_once: int) -> Iterator[list[JsonObject]]:
    with lines.open("rb") as file:
        while read := file.readlines(at_once):
            yield [orjson.loads(line) for line in read]


def _value(value: Json, shape: Shape) -> Json:
    """Return a value with JSON text where its shape says so; what has no `json` in it stands as it is."""
    if shape == "json":
        return orjson.dumps(value).decode()
    if isinstance(shape, list) and isinstance(value, list):
        return [_value(item, shape[0]) for item in value]
    if isinstance(shape, dict) and isinstance(value, dict):
        return {name: _value(value.get(name), inner) for name, inner in shape.items()}
    return value


def _type(shape: Shape) -> Any:
    """Return the type of a column; pyarrow says nothing of its types."""
    import pyarrow as pa

    if isinstance(shape, list):
        return pa.list_(_type(shape[0]))
    if isinstance(shape, dict):
        return pa.struct([(name, _type(inner)) for name, inner in shape.items()])
    return {"whole": pa.int64(), "number": pa.float64(), "flag": pa.bool_()}.get(shape, pa.string())
