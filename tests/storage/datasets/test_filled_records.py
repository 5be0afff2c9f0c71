"""Tools and attempts out of a table, in the native form of earlier versions: nulls of its making go, others stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.records import AuditedTool, Change, Record, Setting, ToolTurn, Trajectory
from synthtools_stream.storage.datasets.columns import from_columns
from synthtools_stream.storage.datasets.dataset_reader import read_records
from synthtools_stream.values.jsontypes import JsonObject
from tests.export.exported import MESSAGES, attempt, task

TOOLS = [
    AuditedTool(
        id=f"freight_spec_001.{tool.tool_name}",
        setting=Setting(id="freight_spec_001", field="Freight", subfield="s", scenario="c"),
        tool_name=tool.tool_name,
        tool=tool,
        reliability=1.0,
        reliability_per_mode={"happy_path": 1.0} if number else {"rule_violation": 0.5},
        probes=[{"mode": "happy_path", "call": "f()"}, {"mode": "rule_violation", "purpose": "p"}],
        meta={"model": "m", f"only_{number}": 1},
    )
    for number, tool in enumerate(task().tools[:3])
]
VESSELS: JsonObject = {"VS-81": {"name": "Castor", "eta": None}, "VS-82": {"name": "Pollux", "eta": "2026-03-16"}}


def change(op: Any, collection: str, entity: str, **attributes: Any) -> Change:
    """Return one change of a turn."""
    return Change(op=op, collection=collection, id=entity, attributes=attributes)


def turned(number: int, response: JsonObject, *changes: Change) -> ToolTurn:
    """Return a turn whose answer stands in the messages."""
    return ToolTurn(call=f"T{number}()", status_code=200, response=response, changes=[*changes], decided_by="program")


TURNS = [
    turned(1, {"vessels": [{"vessel_id": "VS-81", "eta": None}], "count": 1}),
    turned(2, {"bookings": [], "count": 0}, change("create", "vessels", "VS-81", name="Castor", eta=None)),
    turned(
        3,
        {"booking_id": "BK-2057", "vessel_id": "VS-81"},
        change("update", "bookings", "BK-2057", vessel_id="VS-81"),
        change("update", "bookings", "BK-2057", vessel_id=None),
    ),
]
BOOKINGS: JsonObject = {"BK-2057": {"vessel_id": None, "status": "held"}, "BK-9": {"vessel_id": "VS-82", "status": "x"}}
FIRST = attempt(0).model_copy(
    update={"turns": TURNS, "final_state": {"vessels": VESSELS, "bookings": BOOKINGS}, "answers": {"count": 1}}
)
SECOND = attempt(1, messages=[*MESSAGES[:2], {"role": "assistant", "content": "No."}]).model_copy(
    update={
        "turns": [turned(9, {"notice": "x"}, change("update", "vessels", "VS-81", draught=7))],
        "final_state": {"vessels": {"VS-9": {"draught": 7}}, "hives": {"H-1": {"frames": 8}}},
        "answers": {"notice": "x"},
    }
)


def through_table(*records: Record) -> list[dict[str, Any]]:
    """Return rows in native form as a table gives them back."""
    arrow = pytest.importorskip("pyarrow")
    rows = [record.to_json() for record in records]
    names = dict.fromkeys(name for row in rows for name in row)
    made: list[dict[str, Any]] = arrow.Table.from_pylist(
        [{name: row.get(name) for name in names} for row in rows]
    ).to_pylist()
    return made


def test_tools_survive() -> None:
    """Each has its own parameters, outputs, modes and probes again."""
    rows = through_table(*TOOLS)
    assert None in rows[0]["tool"]["parameters"].values()
    assert None in rows[0]["reliability_per_mode"].values()
    assert [AuditedTool.model_validate(from_columns(row)).to_json() for row in rows] == [one.to_json() for one in TOOLS]


def test_attempts_survive() -> None:
    """Messages, schemas, turns and states; and each null that the attempt really had, such as the content of calls."""
    rows = through_table(FIRST, SECOND)
    assert rows[0]["messages"][0]["tool_calls"] is None
    assert rows[0]["final_state"]["hives"] is None
    for row, record in zip(rows, (FIRST, SECOND), strict=True):
        assert Trajectory.model_validate(from_columns(row)).to_json() == record.to_json()


def test_attempts_survive_a_file(tmp_path: Path) -> None:
    """As lines that somebody wrote of such a table."""
    path = tmp_path / "trajectories.jsonl"
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in through_table(FIRST, SECOND)))
    assert [*read_records(path, Trajectory, strict=True)] == [FIRST, SECOND]


@pytest.mark.parametrize("record", [FIRST, SECOND, *TOOLS])
def test_whole_rows_stay(record: Record) -> None:
    """What no table filled is not touched, nulls and all."""
    row = record.to_json()
    assert from_columns(row) == row
