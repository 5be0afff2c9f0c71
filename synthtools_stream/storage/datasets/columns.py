"""The columns of our datasets, and the form in which each stands in a file.

Readers of tables know one type a column, and guess it from the first rows. What has keys of its own in each row
(states, arguments, schemas, responses) they refuse, or pad with a null for every key of every other row. So our rows
are flat: text, numbers, lists of text, and JSON text for all that has keys or may be null. Every row has every column.

Rows of earlier versions have native JSON there, and leave out what has no value. Both forms are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import orjson

from synthtools_stream.storage.datasets.filled_records import without_filled_columns
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem, misread
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["COLUMNS", "JSON_COLUMNS", "as_columns", "from_columns", "read_column"]

Form = Literal["text", "number", "texts", "json"]
"""`texts` is a list of text, `json` is JSON text."""

COLUMNS: Mapping[str, Mapping[str, Form]] = {
    "environments": {
        "id": "text",
        "field": "text",
        "subfield": "text",
        "scenario": "text",
        "blueprint": "json",
        "meta": "json",
    },
    "tools": {
        "id": "text",
        "setting": "json",
        "tool_name": "text",
        "tool": "json",
        "program": "text",
        "adequacy": "json",
        "reliability": "number",
        "reliability_per_mode": "json",
        "stability": "number",
        "probes": "json",
        "meta": "json",
    },
    "tasks": {
        "id": "text",
        "field": "text",
        "summary": "text",
        "tools": "json",
        "gt_tool_calls": "texts",
        "initial_state": "json",
        "final_state": "json",
        "steps": "json",
        "answer": "json",
        "dialogue": "json",
        "certificate": "json",
        "meta": "json",
    },
    "trajectories": {
        "id": "text",
        "task_id": "text",
        "field": "text",
        "mode": "text",
        "messages": "json",
        "tools": "json",
        "turns": "json",
        "final_state": "json",
        "answers": "json",
        "stop_reason": "text",
        "fault": "text",
        "verdict": "json",
        "alignment": "json",
        "judge": "json",
        "disagreement": "json",
        "meta": "json",
    },
    "rejected": {
        "id": "text",
        "stage": "text",
        "outcome": "text",
        "reason": "text",
        "detail": "text",
        "evidence": "json",
    },
}
"""The columns of each dataset, in order."""
JSON_COLUMNS = frozenset(name for columns in COLUMNS.values() for name, form in columns.items() if form == "json")
"""Columns in JSON text; a name has the same form in all datasets."""


def as_columns(kind: str, row: JsonObject) -> JsonObject:
    """Return a row as it stands in the dataset of its kind; absent text is empty, other absent values are `null`."""
    return {name: _written(form, row.get(name)) for name, form in COLUMNS[kind].items()}


def _written(form: Form, value: Json) -> Json:
    if form == "json":
        return orjson.dumps(value).decode()
    return "" if form == "text" and value is None else value


def from_columns(row: JsonObject) -> JsonObject:
    """Return a row of ours with its JSON text read, whichever form it has; what a table filled in is gone.

    :raises RowProblem: when a column's text is no JSON.
    """
    read = {name: read_column(name, value) if name in JSON_COLUMNS else value for name, value in row.items()}
    return without_filled_columns(read)


def read_column(name: str, value: Json) -> Json:
    """Read a column that may be JSON text.

    :raises RowProblem: when its text is no JSON, or not fit to be read.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text:
        return None
    try:
        read: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RowProblem(f"column {name} is text that is not JSON: {error}") from error
    problem = misread(f"column {name}", read, text.encode())
    if problem is not None:
        raise RowProblem(problem)
    return read
