"""Read a parquet file of rows: the one reader that knows pyarrow."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, cast

import orjson

from synthtools_stream.errors import UsageError, boundary
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem, too_deep
from synthtools_stream.storage.datasets.shared_ids import SharedIds
from synthtools_stream.values.json_pointers import leaves
from synthtools_stream.values.jsontypes import Json, JsonObject

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["parquet_ids", "read_parquet", "read_table"]

_BATCH = 256
"""Rows that are held at once: they share one read, and even large rows fit into memory so many times."""


def parquet_ids(path: Path, shared: SharedIds) -> list[str]:
    """Return the ids of a file, each once, in the order in which they first appear.

    :raises UsageError: as `read_parquet`.
    """
    with _opened(path) as file:
        _assert_ids(path, file)
        return list(_last_rows(_ids(file), shared))


def read_parquet(
    path: Path,
    columns: Collection[str] | None = None,
    shared: SharedIds | None = None,
    *,
    only: Collection[str] | None = None,
) -> Iterator[tuple[int, JsonObject | RowProblem]]:
    """Yield row number (from 1) and row; the last row of an id stands in the place of the first.

    With `columns`, only those are read, where they are there; with `only`, only rows of these ids. Which rows share an
    id is in `shared` before the first.

    :raises UsageError: without pyarrow, and when the file cannot be read.
    """
    with _opened(path) as file:
        names = _assert_ids(path, file)
        yield from _rows(file, [name for name in names if columns is None or name in columns], shared, only)


def read_table(path: Path) -> Iterator[tuple[int, JsonObject | RowProblem]]:
    """Yield row number (from 1) and row of every row, with or without ids, in one pass.

    :raises UsageError: without pyarrow, and when the file cannot be read.
    """
    with _opened(path) as file:
        rows = (row for batch in file.iter_batches(batch_size=_BATCH) for row in batch.to_pylist())
        for number, row in enumerate(rows, start=1):
            yield number, _json(row, "")


@contextmanager
def _opened(path: Path) -> Generator[pq.ParquetFile]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError(f"{path}: reading parquet needs pyarrow: pip install 'synthtools-stream[parquet]'") from error
    with boundary(f"{path}", OSError, pa.ArrowException, as_=UsageError), pq.ParquetFile(path) as file:
        yield file


def _assert_ids(path: Path, file: pq.ParquetFile) -> list[str]:
    """Return the names of the columns; one of them must be the ids."""
    names: list[str] = file.schema_arrow.names
    if "id" not in names:
        raise UsageError(f"{path}: there is no column id; it has {', '.join(names[:12])}")
    return names


def _ids(file: pq.ParquetFile) -> list[str]:
    return [str(value) for batch in file.iter_batches(columns=["id"]) for value in batch.column(0).to_pylist()]


def _last_rows(ids: list[str], shared: SharedIds | None) -> dict[str, int]:
    """Return the index of the last row of each id."""
    last: dict[str, int] = {}
    for index, name in enumerate(ids):
        if shared is not None and name in last:
            shared.add(name, last[name] + 1, index + 1)
        last[name] = index
    return last


def _rows(
    file: pq.ParquetFile, columns: list[str], shared: SharedIds | None, only: Collection[str] | None
) -> Iterator[tuple[int, JsonObject | RowProblem]]:
    ids = _ids(file)
    last = _last_rows(ids, shared)
    groups = [0, *accumulate(file.metadata.row_group(group).num_rows for group in range(file.num_row_groups))]
    seen: set[str] = set()
    index = -1
    for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
        for row in batch.to_pylist():
            index += 1
            name = ids[index]
            if name in seen or (only is not None and name not in only):
                continue
            seen.add(name)
            wanted = last[name]
            yield wanted + 1, _json(row if wanted == index else _row_at(file, groups, wanted, columns), name)


def _row_at(file: pq.ParquetFile, groups: list[int], wanted: int, columns: list[str]) -> object:
    """Read one row by its number: only for ids that stand there more than once."""
    group = bisect_right(groups, wanted) - 1
    return file.read_row_group(group, columns=columns).slice(wanted - groups[group], 1).to_pylist()[0]


def _json(row: object, name: str) -> JsonObject | RowProblem:
    try:
        value: JsonObject = orjson.loads(orjson.dumps(row))
    except (TypeError, orjson.JSONDecodeError) as error:
        return RowProblem(f"a column holds what is no JSON: {error}", name)
    if too_deep(value):
        return RowProblem("the row is nested too deep", name)
    odd = next((leaf.pointer for leaf in leaves(cast("Json", row)) if _is_not_finite(leaf.value)), None)
    return value if odd is None else RowProblem(f"{odd[1:]} is not finite: NaN and infinities are no JSON", name)


def _is_not_finite(value: object) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
