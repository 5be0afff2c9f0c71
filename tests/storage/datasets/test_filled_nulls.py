"""Rows out of a table: what it filled in goes, and what was null of its own stays."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.assembly.task_file import open_tasks
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.proof.verify_report import verify_file
from synthtools_stream.storage.datasets.filled_nulls import is_filled, without_filled
from synthtools_stream.storage.datasets.task_row import read_row
from tests.proof.freight import proven

GOOD: dict[str, Any] = proven().to_json()
PING = {"tool_name": "Ping", "tool_description": "Ping.", "parameters": {"host": {"type": "string", "required": True}}}
LOOK = {"tool_name": "Look", "tool_description": "Look.", "parameters": {"depth": {"type": "integer", "minimum": 1}}}
OTHERS: dict[str, Any] = {
    **{name: GOOD[name] for name in ("field", "summary")},
    "id": "other",
    "tools": [PING, LOOK],
    "gt_tool_calls": ["Ping(host='a')", "Look(depth=2)"],
    "initial_state": {"notices": {"R-1": {"height": 3}}},
    "final_state": {"notices": {"R-1": {"height": 3}}},
}


def through_table(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Return rows as a table gives them back."""
    arrow = pytest.importorskip("pyarrow")
    made: list[dict[str, Any]] = arrow.Table.from_pylist(list(rows)).to_pylist()
    return made


def test_our_rows_survive_a_table(tmp_path: Path) -> None:
    """Beside somebody else's, and written as lines: ours are still proven, theirs read, and rollout takes both."""
    rows = through_table(GOOD, OTHERS)
    assert None in rows[0]["tools"][0]["parameters"].values()
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    report = verify_file(path)
    assert (report.proven, report.unproven, report.failed) == (1, 1, [])
    assert [*open_tasks(path).ids] == [GOOD["id"], "other"]


def test_our_rows_survive_a_parquet_file(tmp_path: Path) -> None:
    """The same with the columns of a parquet file."""
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "t.parquet"
    meta = {name: value for name, value in GOOD["meta"].items() if value != {}}  # parquet knows none without keys
    spent = {**GOOD, "meta": {**meta, "usage": {"requests": 1}}}
    parquet.write_table(arrow.Table.from_pylist([spent, OTHERS]), path)
    report = verify_file(path)
    assert (report.proven, report.unproven, report.failed) == (1, 1, [])


def test_what_was_read_is_what_was_written() -> None:
    """The row is the one that its digest was made of."""
    assert not is_filled(GOOD)
    (filled,) = through_table(GOOD, OTHERS)[:1]
    assert is_filled(filled)
    assert orjson.loads(orjson.dumps(read_row(filled).row)) == GOOD


def test_tampering_is_noticed_behind_nulls() -> None:
    """A value that was changed in the table is found out as ever."""
    filled = through_table(GOOD, OTHERS)[0]
    filled["summary"] = "Something else."
    found = read_row(filled)
    assert verify_task(found.task, found.row).status == "failed"


def test_real_nulls_stay() -> None:
    """An entity's own attribute may be null, an update may write it, and a response may show it."""
    row: Any = copy.deepcopy(GOOD)
    kind = row["meta"]["entity_types"][0]
    collection, name = kind["collection"], kind["attributes"][0]["name"]
    key = next(iter(row["initial_state"][collection]))
    shown: dict[str, Any] = {**row["final_state"][collection][key], name: None}
    row["final_state"][collection][key][name] = None
    change: dict[str, Any] = {
        "op": "update",
        "collection": collection,
        "id": key,
        "attributes": {name: None, "of_another": None},
    }
    response: dict[str, Any] = {"vessels": [{**shown, "filled": None}], "more": None}
    row["steps"] = [{**row["steps"][0], "changes": [change], "response": response}]
    row["final_state"][collection][key]["of_another"] = None
    row["initial_state"]["nothing"] = None
    made: Any = without_filled(row)
    assert made["final_state"][collection][key] == shown
    assert made["steps"][0]["changes"][0]["attributes"] == {name: None}
    assert made["steps"][0]["response"] == {"vessels": [shown]}
    assert "nothing" not in made["initial_state"]


def test_calls_of_others_lose_arguments_of_other_tools() -> None:
    """A table gives each call of a list the arguments of all its calls."""
    calls: list[Any] = [{"name": "Ping", "arguments": {"host": "a", "depth": None}}]
    assert read_row({**OTHERS, "gt_tool_calls": calls}).task.gt_tool_calls == ["Ping(host='a')"]
