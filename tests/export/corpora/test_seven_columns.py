"""Rows as released corpora have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.records.task import SHARED_COLUMNS
from synthtools_stream.storage.datasets.dataset_reader import read_located_tasks
from tests.export.exported import corpus, export, rows, task

SAMPLE_TOOL = ["tool_name", "tool_description", "parameters", "error_messages", "usage", "output_details"]
SAMPLE_PARAMETER = ["type", "required", "description", "default"]


def test_seven_columns_and_no_more(tmp_path: Path) -> None:
    """With the keys of tools and parameters that others have, in their order."""
    pytest.importorskip("pyarrow")
    export(corpus(tmp_path / "run"), "synthtools", tmp_path / "out")
    (row,) = rows(tmp_path / "out" / "train.jsonl")
    assert isinstance(row, dict)
    made: dict[str, Any] = row
    assert tuple(made) == SHARED_COLUMNS
    assert all(list(tool) == SAMPLE_TOOL for tool in made["tools"])
    parameters = [parameter for tool in made["tools"] for parameter in tool["parameters"].values()]
    assert all(list(parameter)[:4] == SAMPLE_PARAMETER for parameter in parameters)
    assert not any("effects" in tool for tool in made["tools"])
    whole = task()
    assert (made["gt_tool_calls"], made["initial_state"]) == (whole.gt_tool_calls, whole.initial_state)


@pytest.mark.parametrize("name", ["train.jsonl", "train.parquet"])
def test_our_reader_reads_both(tmp_path: Path, name: str) -> None:
    """As the task that it was, but for what only our rows know."""
    pytest.importorskip("pyarrow")
    export(corpus(tmp_path / "run"), "synthtools", tmp_path / "out")
    (located,) = read_located_tasks(tmp_path / "out" / name, strict=True)
    assert not isinstance(located, Exception)
    read, whole = located.task, task()
    bare = [tool.model_copy(update={"effects": None}) for tool in whole.tools]
    assert read.tools == bare
    assert (read.summary, read.gt_tool_calls, read.final_state) == (
        whole.summary,
        whole.gt_tool_calls,
        whole.final_state,
    )


def test_json_columns_of_the_table(tmp_path: Path) -> None:
    """Tools and states are JSON text, a state that is null is `null`, as released tables have it."""
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    foreign = task().model_copy(update={"initial_state": None, "final_state": None, "certificate": None})
    export(corpus(tmp_path / "run", [foreign], []), "synthtools", tmp_path / "out")
    (row,) = parquet.read_table(tmp_path / "out" / "train.parquet").to_pylist()
    assert row["initial_state"] == "null"
    assert orjson.loads(row["tools"])[0]["tool_name"] == foreign.tools[0].tool_name
