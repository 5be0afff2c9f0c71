"""The tolerant reader of anybody's data: tasks with seven columns or ours, as JSONL or parquet, and our other rows.

Rows are read twice: once for their ids, so that the last row of an id wins, and once to be handed out, in the order in
which ids first appear. Only ids and places are held meanwhile, never rows. A row that cannot be read is handed out as
a `DatasetError` that tells file, line and reason (with `strict` it is raised); nothing is swallowed.

Lines are bounded (64 MiB) and so is nesting; NaN and Infinity are no JSON and are refused, and so is an object that
holds a key twice. In place of native JSON, `tools`, states, `gt_tool_calls` and our own columns may be JSON strings;
calls may be expressions or `{"name", "arguments"}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar, cast

import orjson
from pydantic import TypeAdapter, ValidationError

from synthtools_stream.errors import BadCall, DatasetError, UsageError
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.record import Record
from synthtools_stream.records.task import SHARED_COLUMNS, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem, id_of, read_jsonl, too_deep
from synthtools_stream.toolcalls import adopt_tool, format_call, parse_call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Located", "read_located_tasks", "read_records", "read_tasks", "task_from_row"]

RecordT = TypeVar("RecordT", bound=Record)
_TYPES = TypeAdapter(list[EntityType])
_CACHED_BYTES = 32 * 1024
_OUR_COLUMNS = ("steps", "answer", "dialogue", "certificate", "meta")
_JSON_COLUMNS = ("tools", "gt_tool_calls", "initial_state", "final_state", *_OUR_COLUMNS)


class Located(NamedTuple):
    """A task and the line (in parquet: the row, from 1) that it stands on."""

    line: int
    task: Task
    row: JsonObject | None = None
    """The row as it stands there, JSON columns read; None of parquet, whose columns are filled up with nulls."""


def read_tasks(path: Path | str, *, strict: bool = False) -> Iterator[Task | DatasetError]:
    """Yield the tasks of a `.jsonl` or `.parquet` file, and an error for every row that is none.

    Raises UsageError when the file cannot be read at all; with `strict`, DatasetError at the first bad row.
    """
    for item in read_located_tasks(path, strict=strict):
        yield item if isinstance(item, DatasetError) else item.task


def read_located_tasks(path: Path | str, *, strict: bool = False) -> Iterator[Located | DatasetError]:
    """Yield what `read_tasks` yields, each task with its line."""
    exact = Path(path).suffix != ".parquet"
    for line, item in _read(Path(path), _read_row, strict, (*SHARED_COLUMNS, *_OUR_COLUMNS)):
        if isinstance(item, DatasetError):
            yield item
        else:
            yield Located(line, item.task, item.row if exact else None)


def read_records(path: Path | str, model: type[RecordT], *, strict: bool = False) -> Iterator[RecordT | DatasetError]:
    """Yield the rows of a file such as `environments.jsonl` or `tools.jsonl` as records of `model`."""

    def build(row: JsonObject) -> RecordT:
        try:
            return model.model_validate(row)
        except ValidationError as error:
            raise RowProblem(_said(error)) from error

    for _, item in _read(Path(path), build, strict):
        yield item


Built = TypeVar("Built")


def _read(
    path: Path, build: Callable[[JsonObject], Built], strict: bool, columns: Sequence[str] | None = None
) -> Iterator[tuple[int, Built | DatasetError]]:
    empty = True
    for line, row in _rows(path, columns):
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


def _rows(path: Path, columns: Sequence[str] | None) -> Iterator[tuple[int, JsonObject | RowProblem]]:
    if not path.exists():
        raise UsageError(f"{path}: there is no such file")
    if not path.is_file():
        raise UsageError(f"{path}: not a file; name a .jsonl or .parquet file in it")
    if path.suffix in (".jsonl", ".ndjson"):
        return read_jsonl(path)
    if path.suffix == ".parquet":
        from synthtools_stream.storage.datasets.parquet_reader import read_parquet

        return read_parquet(path, columns)
    raise UsageError(f"{path}: unknown kind of file; .jsonl and .parquet can be read")


class _Built(NamedTuple):
    task: Task
    row: JsonObject


def task_from_row(row: JsonObject) -> Task:
    """Build a task from anybody's row; raises RowProblem with what is wrong with it."""
    return _read_row(row).task


def _read_row(row: JsonObject) -> _Built:
    row = {**row, **{name: _decoded(name, row[name]) for name in _JSON_COLUMNS if name in row}}
    missing = [name for name in SHARED_COLUMNS if name not in row]
    if missing:
        raise RowProblem(f"column {', '.join(missing)} is missing")
    tools = _tools(row["tools"])
    calls = _calls(row["gt_tool_calls"], {tool.tool_name for tool in tools})
    ours = {name: row[name] for name in _OUR_COLUMNS if row.get(name) is not None}
    shared = {name: row[name] for name in SHARED_COLUMNS}
    shared["id"] = _id(row["id"])
    meta = ours.get("meta")
    if isinstance(meta, dict):
        ours["meta"] = _typed(meta)
    try:
        return _Built(Task.model_validate({**shared, **ours, "tools": tools, "gt_tool_calls": calls}), row)
    except ValidationError as error:
        raise RowProblem(_said(error)) from error


def _typed(meta: JsonObject) -> Json:
    """Read the entity types, which tasks of one environment share; what is wrong with them is told with the task."""
    text = orjson.dumps(meta.get("entity_types"))
    if len(text) > _CACHED_BYTES:
        return meta
    try:
        return cast("Json", {**meta, "entity_types": _types_of(text)})
    except ValidationError:
        return meta


@lru_cache(maxsize=128)
def _types_of(text: bytes) -> list[EntityType]:
    return _TYPES.validate_json(text)


def _decoded(name: str, value: Json) -> Json:
    """Read a column that may be a JSON string."""
    if not isinstance(value, str):
        return value
    try:
        decoded: Json = orjson.loads(value) if value.strip() else None
    except orjson.JSONDecodeError as error:
        raise RowProblem(f"column {name} is text that is not JSON: {error}") from error
    if too_deep(decoded):
        raise RowProblem(f"column {name} is nested too deep")
    return decoded


def _id(value: Json) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value:
        raise RowProblem("column id must be text that is not empty")
    return value


def _tools(value: Json) -> list[Tool]:
    if not isinstance(value, list) or not value:
        raise RowProblem("column tools must be a list of tools, not empty")
    tools: list[Tool] = []
    for index, source in enumerate(value):
        try:
            tools.append(_tool(source))
        except ValidationError as error:
            raise RowProblem(f"tools[{index}]: {_said(error)}") from error
        except ValueError as error:
            raise RowProblem(f"tools[{index}]: {error}") from error
    return tools


def _tool(source: Json) -> Tool:
    """Read a tool; tasks of one environment hold the same ones over and over."""
    text = orjson.dumps(source)
    return _tool_of(text) if len(text) <= _CACHED_BYTES else adopt_tool(source)


@lru_cache(maxsize=512)
def _tool_of(text: bytes) -> Tool:
    return adopt_tool(orjson.loads(text))


def _calls(value: Json, names: set[str]) -> list[str]:
    if not isinstance(value, list) or not value:
        raise RowProblem("column gt_tool_calls must be a list of calls, not empty")
    return [_call(index, source, names) for index, source in enumerate(value)]


def _call(index: int, source: Json, names: set[str]) -> str:
    if not isinstance(source, str | dict):
        raise RowProblem(f"gt_tool_calls[{index}] is neither text nor an object")
    try:
        call = parse_call(source)
    except BadCall as error:
        raise RowProblem(f"gt_tool_calls[{index}]: {error.detail}") from error
    if call.name not in names:
        raise RowProblem(f"gt_tool_calls[{index}]: tool '{call.name[:80]}' is not among the row's tools")
    return source if isinstance(source, str) else format_call(call)


def _said(error: ValidationError) -> str:
    """Say in one line what pydantic finds wrong, without the value itself."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"][:8])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{where}: {first['msg']}{more}" if where else f"{first['msg']}{more}"
