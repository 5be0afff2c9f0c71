"""The tolerant reader of anybody's data: tasks with seven columns or ours, as JSONL or parquet, and our other rows.

Rows are read twice: once for their ids, so that the last row of an id wins, and once to be handed out, in the order in
which ids first appear. Only ids and places are held meanwhile, never rows. A row that cannot be read is handed out as
a `DatasetError` that tells file, line and reason (with `strict` it is raised); nothing is swallowed.

`jsonl_reader.py` and `parquet_reader.py` read the files, `task_row.py` makes tasks of rows. Nothing here writes:
`dataset_writer.py` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.records.record import Record
from synthtools_stream.records.task import SHARED_COLUMNS, Task
from synthtools_stream.storage.datasets.columns import from_columns
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem, id_of, read_jsonl
from synthtools_stream.storage.datasets.line_file import has_lines, is_line_file
from synthtools_stream.storage.datasets.shared_ids import SharedIds
from synthtools_stream.storage.datasets.task_row import OUR_COLUMNS, read_row, what_is_wrong
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Located", "assert_readable", "read_located_tasks", "read_records"]

RecordT = TypeVar("RecordT", bound=Record)


class Located(NamedTuple):
    """A task and the line (in parquet: the row, from 1) that it stands on."""

    line: int
    task: Task
    row: JsonObject | None = None
    """The row as it stands there, JSON columns read; None of parquet, whose columns are filled up with nulls."""


def read_located_tasks(
    path: Path | str, *, strict: bool = False, shared: SharedIds | None = None
) -> Iterator[Located | DatasetError]:
    """Yield the tasks of a `.jsonl` or `.parquet` file with their lines, and an error for every row that is none.

    `shared` is told which lines share an id.

    :raises UsageError: when the file cannot be read at all.
    :raises DatasetError: with `strict`, at the first bad row.
    """
    exact = Path(path).suffix != ".parquet"
    for line, item in _read(Path(path), read_row, strict, (*SHARED_COLUMNS, *OUR_COLUMNS), shared):
        if isinstance(item, DatasetError):
            yield item
        else:
            yield Located(line, item.task, item.row if exact else None)


def read_records(path: Path | str, model: type[RecordT], *, strict: bool = False) -> Iterator[RecordT | DatasetError]:
    """Yield the rows of a file such as `environments.jsonl` or `tools.jsonl` as records of `model`."""

    def build(row: JsonObject) -> RecordT:
        try:
            return model.model_validate(from_columns(row))
        except ValidationError as error:
            raise RowProblem(what_is_wrong(error)) from error

    for _, item in _read(Path(path), build, strict):
        yield item


Built = TypeVar("Built")


def _read(
    path: Path,
    build: Callable[[JsonObject], Built],
    strict: bool,
    columns: Sequence[str] | None = None,
    shared: SharedIds | None = None,
) -> Iterator[tuple[int, Built | DatasetError]]:
    empty = True
    shared = SharedIds() if shared is None else shared
    for line, row in _rows(path, columns, shared):
        # In its turn, so that what is wrong further up is told first.
        if strict and shared.first is not None and line >= shared.first[1]:
            raise DatasetError(path, shared.first[2], str(shared), shared.first[0])
        empty = False
        try:
            if isinstance(row, RowProblem):
                raise row
            yield line, build(row)
        except RowProblem as problem:
            row_id = problem.row_id if isinstance(row, RowProblem) else id_of(row)
            error = DatasetError(path, line, problem.reason, row_id)
            if strict:
                raise error from problem
            yield line, error
    if empty:
        raise UsageError(f"{path}: the file holds no rows")


def _rows(
    path: Path, columns: Sequence[str] | None, shared: SharedIds
) -> Iterator[tuple[int, JsonObject | RowProblem]]:
    assert_readable(path)
    if is_line_file(path):
        return read_jsonl(path, shared)
    from synthtools_stream.storage.datasets.parquet_reader import read_parquet

    return read_parquet(path, columns, shared)


def assert_readable(path: Path) -> None:
    """Refuse what is no file of a known kind, before anything else is begun for its rows.

    :raises UsageError: with what is wrong.
    """
    if not (path.exists() or has_lines(path)):
        raise UsageError(f"{path}: there is no such file")
    if not (path.is_file() or has_lines(path)):
        raise UsageError(f"{path}: not a file; name a .jsonl or .parquet file in it")
    if not is_line_file(path) and path.suffix != ".parquet":
        raise UsageError(f"{path}: unknown kind of file; .jsonl and .parquet can be read")
