"""Datasets are flat, and say all that their records do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.records import AuditedTool, Environment, Record, Task, Trajectory
from synthtools_stream.storage.datasets.columns import COLUMNS, JSON_COLUMNS, as_columns, from_columns, read_column
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.storage.datasets.task_row import read_row
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.proof.freight import proven

RECORDS: dict[str, type[Record]] = {
    "environments": Environment,
    "tools": AuditedTool,
    "tasks": Task,
    "trajectories": Trajectory,
}
GOOD: dict[str, Any] = proven().to_json()


@pytest.mark.parametrize("kind", list(RECORDS))
def test_every_field_has_a_column(kind: str) -> None:
    """What a record holds is written, in the record's order, but for what a released task no longer has."""
    assert list(COLUMNS[kind]) == [name for name in RECORDS[kind].model_fields if name != "near"]


def test_a_name_has_one_form() -> None:
    """So that a reader need not know of which dataset a row is."""
    others = {name for columns in COLUMNS.values() for name, form in columns.items() if form != "json"}
    assert not JSON_COLUMNS & others


def test_rows_are_flat_and_whole() -> None:
    """Only text and lists of text stand in a task's row, and what is read is what was written, nulls and all."""
    odd: dict[str, Any] = {"a": None, "b": [], "c": {}, "d": 1, "e": 1.0, "f": [1, None, {"g": 'é"\\\n'}]}
    row: JsonObject = {**GOOD, "final_state": {"odd": {"x": odd}}, "initial_state": None}
    flat = as_columns("tasks", row)
    assert {type(value) for name, value in flat.items() if name != "gt_tool_calls"} == {str}
    assert orjson.dumps(from_columns(orjson.loads(orjson.dumps(flat)))) == orjson.dumps(row)


def test_a_table_fills_nothing_in(tmp_path: Path) -> None:
    """Rows of different tools and states go through Arrow, as lines, rows or parquet, and are what they were."""
    arrow, lines = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.json")
    parquet = pytest.importorskip("pyarrow.parquet")
    bare: JsonObject = {
        **GOOD,
        "id": "other",
        "tools": [],
        "initial_state": None,
        "final_state": {"a": {"b": {"c": None}}},
    }
    rows = [as_columns("tasks", row) for row in (GOOD, {**bare, "steps": [], "certificate": None})]
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    table = lines.read_json(path)
    parquet.write_table(table, tmp_path / "t.parquet")
    for read in (table, arrow.Table.from_pylist(rows), parquet.read_table(tmp_path / "t.parquet")):
        assert read.to_pylist() == rows


def test_every_row_has_every_column() -> None:
    """Absent text is empty, and what else is absent is null, which reads as absent."""
    flat = as_columns("trajectories", {"id": "t"})
    assert list(flat) == list(COLUMNS["trajectories"])
    assert (flat["judge"], flat["mode"]) == ("null", "")
    assert from_columns(flat)["judge"] is None


@pytest.mark.parametrize("flat", [False, True])
def test_both_forms_are_read(flat: bool) -> None:
    """A row of an earlier version, with native JSON, is the same task with the same digest."""
    read = read_row(as_columns("tasks", GOOD) if flat else GOOD)
    assert read.task == proven()
    assert orjson.dumps(read.row) == orjson.dumps(GOOD)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "column meta is text that is not JSON"),
        ("[" * 220 + "]" * 220, "column meta is nested more than 200 deep"),
        ('{"a": {"k": 1, "k": 2}}', "key 'k' stands twice in one object of column meta"),
    ],
)
def test_bad_text_is_told(text: str, told: str) -> None:
    """What cannot be read, or is read in more than one way, is no column."""
    with pytest.raises(RowProblem, match=told):
        read_column("meta", text)


@pytest.mark.parametrize("value", ["", "  ", None])
def test_nothing_is_null(value: Json) -> None:
    """Empty text holds no value."""
    assert read_column("meta", value) is None
