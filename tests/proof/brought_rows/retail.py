"""The hand-made rows of `tests/data/brought.jsonl`: a shop whose ids have forms that ours never have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.brought_rows.row_certification import Certification, certified_row
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.task_row import task_from_row
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["RETAIL", "Edit", "altered", "certification", "retail"]

Edit = tuple[Sequence[str | int], Json]
"""A place in a row, and what is to stand there."""
RETAIL = Path(__file__).parents[2] / "data" / "brought.jsonl"


def retail(name: str) -> Task:
    """Return the row `retail_<name>` as it is read."""
    rows: list[JsonObject] = [orjson.loads(line) for line in RETAIL.read_bytes().splitlines()]
    return task_from_row(next(row for row in rows if row["id"] == f"retail_{name}"))


def altered(task: Task, *edits: Edit) -> Task:
    """Return a task with other values at some places of its row."""
    row: JsonObject = orjson.loads(orjson.dumps(task.to_json()))
    for path, value in edits:
        held: Json = row
        for key in path[:-1]:
            held = held[key] if isinstance(held, dict) and isinstance(key, str) else _item(held, key)
        if isinstance(held, dict):
            held[str(path[-1])] = value
        else:
            assert isinstance(held, list)
            assert isinstance(path[-1], int)
            held[path[-1]] = value
    return Task.from_json(row)


def _item(held: Json, key: str | int) -> Json:
    assert isinstance(held, list)
    assert isinstance(key, int)
    return held[key]


async def certification(task: Task) -> Certification:
    """Find out what holds of a row."""
    async with open_sandbox() as sandbox:
        return await certified_row(task, sandbox)
