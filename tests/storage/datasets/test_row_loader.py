"""Loading rows: one type comes out, and bad rows are raised or told."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.errors import DatasetError
from synthtools_stream.records import Alignment, StopReason, Trajectory, Verdict, VerdictKind
from synthtools_stream.storage.datasets.row_loader import load_tasks, load_trajectories
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import proven


def _lines(path: Path, *rows: JsonObject) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def test_bad_row_is_raised_or_told(tmp_path: Path) -> None:
    """By default the first bad row ends it; who asks to be told of bad rows gets all the others."""
    task = proven()
    path = _lines(tmp_path / "t.jsonl", task.to_json(), {"id": "bad"}, {**task.to_json(), "id": "last"})
    tasks = load_tasks(path)
    assert next(tasks) == task
    with pytest.raises(DatasetError, match=r":2: column field, summary"):
        next(tasks)
    told: list[DatasetError] = []
    assert [found.id for found in load_tasks(path, bad_rows=told.append)] == [task.id, "last"]
    assert [(error.line, error.row_id) for error in told] == [(2, "bad")]


def test_trajectories(tmp_path: Path) -> None:
    """Attempts come back as they were written, and what is none is told with its line."""
    row = Trajectory(
        id="t#r0",
        task_id="t",
        field="Freight",
        mode="json",
        messages=[{"role": "user", "content": "Move it."}],
        tools=[],
        turns=[],
        stop_reason=StopReason.answered,
        verdict=Verdict(kind=VerdictKind.solved),
        alignment=Alignment(match_rate=1.0),
    )
    path = _lines(tmp_path / "trajectories.jsonl", row.to_json(), {"id": "t#r1"})
    told: list[DatasetError] = []
    assert list(load_trajectories(path, bad_rows=told.append)) == [row]
    assert [error.line for error in told] == [2]
