"""One row of anybody's file into a task: the seven shared columns, and ours where they are there.

In place of native JSON, `tools`, states, `gt_tool_calls` and our own columns may be JSON text, as in our files; calls
may be expressions or `{"name", "arguments"}`. What is wrong with a row is said in one line, and nothing is guessed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, cast

import orjson
from pydantic import TypeAdapter, ValidationError

from synthtools_stream.errors import BadCall
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.task import SHARED_COLUMNS, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.twist import VariantKind
from synthtools_stream.storage.datasets.columns import read_column
from synthtools_stream.storage.datasets.filled_nulls import is_filled, without_filled
from synthtools_stream.storage.datasets.foreign_tools import adopt_tool
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.toolcalls import Call, format_call, parse_call
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["OUR_COLUMNS", "TaskRow", "read_row", "task_from_row", "what_is_wrong"]

OUR_COLUMNS = ("steps", "answer", "dialogue", "certificate", "meta")
"""Columns that our rows have beside the shared ones."""
_READ_COLUMNS = ("tools", "gt_tool_calls", "initial_state", "final_state", *OUR_COLUMNS)
_TYPES = TypeAdapter(list[EntityType])
_SUCCESS = 200
"""The status of a step that says nothing of it: a ground truth's calls succeed."""
_CACHED_BYTES = 32 * 1024
"""Bytes of JSON up to which a tool, or a task's entity types, are remembered: tasks of one environment hold the same
ones over and over, and larger ones are too few to be worth the memory."""
_TOOLS_REMEMBERED = 512
"""Tools that are remembered, the latest: those of some tens of environments."""
_TYPES_REMEMBERED = 128
"""Lists of entity types that are remembered, one an environment."""


class TaskRow(NamedTuple):
    """A task, and the row that it was read from, its JSON columns read."""

    task: Task
    row: JsonObject


def task_from_row(row: JsonObject) -> Task:
    """Build a task from anybody's row.

    :raises RowProblem: with what is wrong with it.
    """
    return read_row(row).task


def read_row(row: JsonObject) -> TaskRow:
    """Build a task from anybody's row, and keep the row.

    :raises RowProblem: with what is wrong with it.
    """
    row = {**row, **{name: read_column(name, row[name]) for name in _READ_COLUMNS if name in row}}
    missing = [name for name in SHARED_COLUMNS if name not in row]
    if missing:
        raise RowProblem(f"column {', '.join(missing)} is missing")
    filled = is_filled(row)
    if filled:
        row = without_filled(row)
    tools = _tools(row["tools"])
    calls = _calls(row["gt_tool_calls"], {tool.tool_name: tool for tool in tools}, empty=_may_be_idle(row))
    ours = {name: row[name] for name in OUR_COLUMNS if row.get(name) is not None}
    shared = {name: row[name] for name in SHARED_COLUMNS}
    shared["id"] = _id(row["id"])
    if "steps" in ours:
        ours["steps"] = _steps(ours["steps"], calls)
    meta = ours.get("meta")
    if isinstance(meta, dict):
        ours["meta"] = _typed(meta)
    try:
        task = Task.model_validate({**shared, **ours, "tools": tools, "gt_tool_calls": calls})
        # What a table made of the row is not how it was written: our writer's form is.
        return TaskRow(task, task.to_json() if filled else row)
    except ValidationError as error:
        raise RowProblem(what_is_wrong(error)) from error


def _steps(value: Json, calls: list[str]) -> Json:
    """Fill in what others leave out of their steps, as the row says it elsewhere: the call, and that it succeeded."""
    if not isinstance(value, list) or len(value) != len(calls):
        return value
    return [
        {"call": call, "status_code": _SUCCESS, **step} if isinstance(step, dict) else step
        for step, call in zip(value, calls, strict=True)
    ]


def _typed(meta: JsonObject) -> Json:
    """Read the entity types, which tasks of one environment share; what is wrong with them is told with the task."""
    text = orjson.dumps(meta.get("entity_types"))
    if len(text) > _CACHED_BYTES:
        return meta
    try:
        return cast("Json", {**meta, "entity_types": _types_of(text)})
    except ValidationError:
        return meta


@lru_cache(maxsize=_TYPES_REMEMBERED)
def _types_of(text: bytes) -> list[EntityType]:
    return _TYPES.validate_json(text)


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
    seen: dict[str, int] = {}
    for index, source in enumerate(value):
        try:
            tools.append(_tool(source))
        except ValidationError as error:
            raise RowProblem(f"tools[{index}]: {what_is_wrong(error)}") from error
        except ValueError as error:
            raise RowProblem(f"tools[{index}]: {error}") from error
        name = tools[-1].tool_name
        if seen.setdefault(name, index) != index:
            raise RowProblem(f"tools[{index}]: tool '{name[:80]}' has the name of tools[{seen[name]}]")
    return tools


def _tool(source: Json) -> Tool:
    """Read a tool; tasks of one environment hold the same ones over and over."""
    text = orjson.dumps(source)
    return _tool_of(text) if len(text) <= _CACHED_BYTES else adopt_tool(source)


@lru_cache(maxsize=_TOOLS_REMEMBERED)
def _tool_of(text: bytes) -> Tool:
    return adopt_tool(orjson.loads(text))


def _may_be_idle(row: JsonObject) -> bool:
    """Say whether a row may have no call at all: a variant whose request nothing can serve."""
    return object_at(row, "meta").get("variant") == VariantKind.irrelevant_request


def _calls(value: Json, tools: dict[str, Tool], *, empty: bool) -> list[str]:
    if not isinstance(value, list) or not (value or empty):
        raise RowProblem("column gt_tool_calls must be a list of calls, not empty")
    return [_call(index, source, tools) for index, source in enumerate(value)]


def _call(index: int, source: Json, tools: dict[str, Tool]) -> str:
    if not isinstance(source, str | dict):
        raise RowProblem(f"gt_tool_calls[{index}] is neither text nor an object")
    try:
        call = parse_call(source, tools)
    except BadCall as error:
        raise RowProblem(f"gt_tool_calls[{index}]: {error.detail}") from error
    if call.name not in tools:
        raise RowProblem(f"gt_tool_calls[{index}]: tool '{call.name[:80]}' is not among the row's tools")
    if isinstance(source, str):
        return source if _is_plain(source, call) else format_call(call)
    known = tools[call.name].parameters  # a table gives each call the arguments of all tools
    told = {name: argument for name, argument in call.arguments.items() if argument is not None or name in known}
    return format_call(Call(call.name, told))


def _is_plain(text: str, call: Call) -> bool:
    """Say whether a call's text can be read without knowing the tools' names: then it stands as it was written."""
    return text.startswith(f"{call.name}(") and format_call(Call(call.name, {})).startswith(call.name)


def what_is_wrong(error: ValidationError) -> str:
    """Say in one line what pydantic finds wrong, without the value itself."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part) for part in first["loc"][:8])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{where}: {first['msg']}{more}" if where else f"{first['msg']}{more}"
