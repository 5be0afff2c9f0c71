# /// script
# dependencies = ["atif", "nvidia-nat-atif"]
# ///
"""Are files of `atif` what two libraries say, and do they hold what the run does? Run by `bin/exports`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def told(trajectory: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return what was said, called and answered, in order, as the run's messages would tell it."""
    found: list[tuple[str, Any]] = []
    for step in trajectory["steps"]:
        found.append((step["source"], [step["message"], step.get("reasoning_content") or ""]))
        calls, results = step.get("tool_calls", ()), step.get("observation", {}).get("results", ())
        found += [("call", [call["tool_call_id"], call["function_name"], call["arguments"]]) for call in calls]
        found += [("result", [result["source_call_id"], result["content"]]) for result in results]
    return found


def recorded(messages: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Return the same of a run's row."""
    found: list[tuple[str, Any]] = []
    for message in messages:
        if message["role"] == "tool":
            found.append(("result", [message["tool_call_id"], message["content"]]))
            continue
        source = "agent" if message["role"] == "assistant" else message["role"]
        found.append((source, [message.get("content") or "", message.get("reasoning") or ""]))
        for call in message.get("tool_calls") or ():
            function = call["function"]
            found.append(("call", [call["id"], function["name"], json.loads(function["arguments"])]))
    return found


def main(folder: Path) -> None:
    """Read every file with both, and compare what the first has read with the run."""
    models: list[Any] = [importlib.import_module(name).Trajectory for name in ("atif", "nat.atif.trajectory")]
    rows = [json.loads(line) for line in (folder / "run" / "trajectories.jsonl").open()]
    expected = {row["id"]: recorded(json.loads(row["messages"])) for row in rows}
    for path in sorted(folder.glob("atif/t*/*/*.json")):
        read = [model.model_validate_json(path.read_bytes()).model_dump(exclude_none=True) for model in models]
        if any(told(trajectory) != expected[trajectory["session_id"]] for trajectory in read):
            sys.exit(f"{path}: tells something else than the run")
        del expected[read[0]["session_id"]]
    if expected:
        sys.exit(f"not there: {', '.join(sorted(expected))}")


main(Path(sys.argv[1]))
