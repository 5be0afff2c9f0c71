"""The parsers of Hermes' syntax in LLaMA-Factory (Qwen's) and ms-swift."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.readers.exported.trainers.told_by_run import Event, assert_same, parsed, rows, run_events

__all__ = ["check"]

_TOOLS = re.compile(r"available tools: <tools> (.*?) </tools>", re.DOTALL)
_RESULT = re.compile(r"<tool_response>\n(.*?)\n</tool_response>", re.DOTALL)


def check(folder: Path) -> None:
    """Compare calls, results and tools with the run; leaves with 1 where they differ."""
    kept = {"tools", "user", "call", "result"}
    told = [[event for event in events if event[0] in kept] for events in run_events(folder / "run").values()]
    qwen: Any = importlib.import_module("llamafactory.data.tool_utils").QwenToolUtils.tool_extractor
    swift: Any = importlib.import_module("swift.agent_template").agent_template_map["hermes"]().get_toolcall
    for name, calls_in in (("Qwen's", qwen), ("ms-swift's", swift)):
        written = [row for path in (folder / "hermes").glob("t*.jsonl") for row in rows(path)]
        assert_same(f"hermes, {name} parser", [list(_events(row, calls_in)) for row in written], told)


def _events(row: Any, calls_in: Callable[[str], Any]) -> Iterator[Event]:
    called: list[str] = []
    for turn in row["conversations"]:
        text = turn["value"]
        match turn["from"]:
            case "system":
                yield from (["tools", json.loads(found)] for found in _TOOLS.findall(text))
            case "human":
                yield ["user", text]
            case "tool":
                results = [json.loads(found) for found in _RESULT.findall(text)]
                if [result["name"] for result in results] != called:
                    raise SystemExit(f"hermes: {called} are answered by {text}")
                yield from (["result", result["content"]] for result in results)
            case _:
                found = calls_in(text)
                calls = [_pair(call) for call in ([] if isinstance(found, str) else found)]
                called = [name for name, _ in calls]
                yield from (["call", *call] for call in calls)


def _pair(call: Any) -> tuple[str, Any]:
    return call.name if hasattr(call, "name") else call[0], parsed(getattr(call, "arguments", None) or call[1])
