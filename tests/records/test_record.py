"""A record as JSON: what pydantic would write, in the order of the fields, and JSON that it holds not copied."""

from __future__ import annotations

import orjson

from synthtools_stream.records import StopReason, Task, ToolTurn, Trajectory
from synthtools_stream.records.record import Record
from synthtools_stream.records.trajectory import Alignment, Verdict, VerdictKind
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import proven

ATTEMPT = Trajectory(
    id="x_seq00#r0",
    task_id="x_seq00",
    field="X",
    mode="json",
    messages=[{"role": "user", "content": None}],
    tools=[],
    turns=[ToolTurn(call="A()", status_code=200, response={"n": None, "m": [1.0]}, decided_by="simulator")],
    final_state={"things": {"T-1": {"size": 2}}},
    stop_reason=StopReason.answered,
    verdict=Verdict(kind=VerdictKind.solved),
    alignment=Alignment(match_rate=1.0),
)


def _as_pydantic_writes(record: Record) -> bytes:
    return orjson.dumps(record.model_dump(mode="json", exclude_none=True))


def test_json_is_what_pydantic_writes() -> None:
    """Byte for byte, nulls inside of JSON included; a record's own absent fields are left out."""
    assert orjson.dumps(ATTEMPT.to_json()) == _as_pydantic_writes(ATTEMPT)
    meta = proven().meta
    assert orjson.dumps(meta.to_json()) == _as_pydantic_writes(meta)
    assert "judge" not in ATTEMPT.to_json()


def test_json_inside_is_not_copied() -> None:
    """States weigh the most of a row, and nobody writes in them."""
    state: JsonObject | None = ATTEMPT.final_state
    assert ATTEMPT.to_json()["final_state"] is state


def test_row_reads_back() -> None:
    """A row becomes the record that it was."""
    task = proven()
    assert Task.from_json(task.to_json()) == task
    assert Trajectory.from_json(ATTEMPT.to_json()) == ATTEMPT
