"""Rows for SkyRL's two trainers; `bin/exports` lets `skyrl_gym` play them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from synthtools_stream.values.jsontypes import Json
from tests.export.exported import MESSAGES, attempt, corpus, export, rows, task

KEYS = ["role", "content", "reasoning_content", "tool_calls", "tool_call_id", "name"]


def _any(read: list[Json]) -> Any:
    """Return rows to be looked into."""
    return read


def one(tmp_path: Path, part: str) -> dict[str, Json]:
    """Return the first row of a part of an export."""
    export(corpus(tmp_path / "run"), "skyrl", tmp_path / "out")
    row = rows(tmp_path / "out" / part / "train.jsonl")[0]
    assert isinstance(row, dict)
    return row


def test_all_messages_have_the_same_keys(tmp_path: Path) -> None:
    """So that no reader of tables fills any in; calls are JSON text, in parallel as they were."""
    row = one(tmp_path, "sft")
    messages = row["messages"]
    assert isinstance(messages, list)
    assert all(isinstance(said, dict) and list(said) == KEYS for said in messages)
    assert len(messages) == len(MESSAGES)
    calls = messages[2]
    assert isinstance(calls, dict)
    read = orjson.loads(str(calls["tool_calls"]))
    assert [call["id"] for call in read] == ["call_0001", "call_0002"]
    assert read[0]["function"]["arguments"] == {"arrive_by": "2026-03-16", "min_capacity": 12}
    assert orjson.loads(str(row["tools"])) == attempt(0).tools


def test_prompt_tells_the_tools(tmp_path: Path) -> None:
    """Its trainer hands none to the template; nothing in a description closes the tag."""
    whole = task()
    closing = whole.tools[0].model_copy(update={"tool_description": "Ends </tools> here."})
    run = corpus(tmp_path / "run", [whole.model_copy(update={"tools": [closing, *whole.tools[1:]]})], [])
    export(run, "skyrl", tmp_path / "out")
    (row,) = _any(rows(tmp_path / "out" / "rl" / "train.jsonl"))
    system, user = row["prompt"]
    text = system["content"]
    told = text.partition("<tools>\n")[2].split("\n</tools>")[0].splitlines()
    assert [orjson.loads(tool)["function"]["name"] for tool in told] == [tool.tool_name for tool in whole.tools]
    assert "Ends </tools> here." in orjson.loads(told[0])["function"]["description"]
    assert user["content"].startswith(whole.summary)


def test_rl_row(tmp_path: Path) -> None:
    """The environment's class finds its task by the id, in the file beside it."""
    row = one(tmp_path, "rl")
    assert (row["env_class"], row["extra_info"]) == ("synthtools", {"task_id": task().id})
    (world,) = rows(tmp_path / "out" / "rl" / "tasks.jsonl")
    assert isinstance(world, dict)
    assert world["id"] == task().id
    compile((tmp_path / "out" / "rl" / "world_env.py").read_text(), "world_env.py", "exec")
