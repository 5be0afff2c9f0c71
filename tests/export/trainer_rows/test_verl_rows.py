"""Rows for verl's two trainers; `bin/exports` lets it load and play them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.records import Tool
from tests.export.exported import MESSAGES, attempt, corpus, export, rows, task

pytest.importorskip("pyarrow")
OTHER = "bees_spec_000_seq00"


def test_sft_table_has_json_text(tmp_path: Path) -> None:
    """Arguments are objects, keys are the row's own, and the class that reads them lies beside."""
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    export(corpus(tmp_path / "run"), "verl", tmp_path / "out")
    (row, _) = parquet.read_table(tmp_path / "out" / "sft" / "train.parquet").to_pylist()
    messages, tools = orjson.loads(row["messages"]), orjson.loads(row["tools"])
    assert [said["role"] for said in messages] == [said["role"] for said in MESSAGES]
    assert messages[2]["tool_calls"][0]["function"] == {
        "name": "SearchVessels",
        "arguments": {"arrive_by": "2026-03-16", "min_capacity": 12},
    }
    assert tools == attempt(0).tools
    compile((tmp_path / "out" / "rows_dataset.py").read_text(), "rows_dataset.py", "exec")


def test_a_folder_an_environment(tmp_path: Path) -> None:
    """With prompts, tools, the tasks and, above, what plays them; every row of a table has the same keys."""
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    first, second = task(), task(OTHER, "Bees")
    environments = [
        one.model_copy(update={"meta": one.meta.model_copy(update={"environment": one.id[:-6]})})
        for one in (first, task("freight_spec_001_seq03"), second)
    ]
    export(corpus(tmp_path / "run", environments, []), "verl", tmp_path / "out")
    folders = sorted((tmp_path / "out" / "rl").iterdir())
    assert [folder.name.partition("-")[0] for folder in folders] == ["bees_spec_000", "freight_spec_001"]
    bees, freight = folders
    assert len(rows(freight / "train.jsonl")) == len(rows(freight / "tasks.jsonl")) == 2
    (row,) = parquet.read_table(bees / "train.parquet").to_pylist()
    assert row == rows(bees / "train.jsonl")[0]
    assert row["extra_info"]["tools_kwargs"] == {"world": {"create_kwargs": {"task_id": OTHER}}}
    assert row["extra_info"]["tool_selection"] == [*(tool.tool_name for tool in second.tools), "submit_answer"]
    assert row["prompt"][0]["content"].startswith(second.summary)
    assert orjson.loads(row["reward_model"]["ground_truth"])["calls"] == second.gt_tool_calls
    config = orjson.loads((bees / "tool_config.yaml").read_bytes())
    assert [tool["tool_schema"]["function"]["name"] for tool in config["tools"]] == row["extra_info"]["tool_selection"]
    assert config["tools"][0]["config"]["tasks"] == f"rl/{bees.name}/tasks.jsonl"
    compile((tmp_path / "out" / "world_tool.py").read_text(), "world_tool.py", "exec")
    assert not (tmp_path / "out" / "sft").exists()


def test_what_gives_no_reward_is_left_out(tmp_path: Path) -> None:
    """Unproven tasks, and tools that verl's schema cannot hold; the attempts at them stay."""
    unproven = task().model_copy(update={"certificate": None})
    odd_tool = Tool.model_validate(
        {"tool_name": "Any", "tool_description": "Any.", "parameters": {"x": {"type": "any"}}}
    )
    odd = task(OTHER).model_copy(update={"tools": [*task().tools, odd_tool]})
    made = export(corpus(tmp_path / "run", [unproven, odd], [attempt(0)]), "verl", tmp_path / "out")
    assert dict(made.left_out) == {"unproven": 1, "untyped_parameter": 1}
    assert dict(made.lines) == {"sft/train.jsonl": 1}


def test_one_name_for_two_tools(tmp_path: Path) -> None:
    """It is told which, and how to go on."""
    changed = task().tools[0].model_copy(update={"tool_description": "Otherwise."})
    other = task("freight_spec_001_seq03").model_copy(update={"tools": [changed, *task().tools[1:]]})
    with pytest.raises(UsageError, match=f"two tasks define {changed.tool_name} in two ways"):
        export(corpus(tmp_path / "run", [task(), other], []), "verl", tmp_path / "out")
