"""Planned conversations as rows: a line a task, attempts or none."""

from __future__ import annotations

from pathlib import Path

import orjson

from tests.export.exported import corpus, export, task
from tests.stages.evolution.evolutionkit import released


async def test_a_line_a_task(tmp_path: Path) -> None:
    """What has no planned dialogue is left out, with the reason."""
    bare = task().model_copy(update={"dialogue": []})
    out = tmp_path / "out"
    export(corpus(tmp_path / "run", [await released(), bare], []), "dialogues", out)
    (row,) = map(orjson.loads, (out / "train.jsonl").read_bytes().splitlines())
    assert set(row) == {"messages", "tools", "parallel_tool_calls"}
    (left,) = map(orjson.loads, (out / "left_out.jsonl").read_bytes().splitlines())
    assert left["reason"] == "no_dialogue"
