# /// script
# dependencies = ["datasets", "pydantic", "pyyaml"]
# ///
"""Are files of `sts` what the Hub's documentation says, and do they hold what the run does? Run by `bin/exports`.

The trace viewer itself runs on the Hub. Its table view loads data sets with `datasets`, by the card: so does this.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict


class Function(TypedDict):
    """What is called."""

    name: str
    arguments: str


class ToolCall(TypedDict):
    """A call."""

    id: str
    function: Function


class Message(TypedDict):
    """A message as the documentation has it."""

    role: Literal["user", "assistant", "system", "tool"]
    content: str
    reasoningContent: NotRequired[str]
    toolCalls: NotRequired[list[ToolCall]]
    toolCallId: NotRequired[str]
    model: NotRequired[str]


def recorded(message: dict[str, Any]) -> dict[str, Any]:
    """Return a run's message in the viewer's words, but for the model's name."""
    said = {"role": message["role"], "content": message.get("content") or ""}
    if message.get("reasoning"):
        said["reasoningContent"] = message["reasoning"]
    if message.get("tool_calls"):
        said["toolCalls"] = [{"id": call["id"], "function": call["function"]} for call in message["tool_calls"]]
    if message["role"] == "tool":
        said["toolCallId"] = message["tool_call_id"]
    return said


def main(folder: Path) -> None:
    """Read every file, compare it with the run, and load all by the card."""
    adapter: Any = importlib.import_module("pydantic").TypeAdapter(Message, config={"extra": "forbid", "strict": True})
    rows = [json.loads(line) for line in (folder / "run" / "trajectories.jsonl").open()]
    expected = {row["id"]: [recorded(message) for message in json.loads(row["messages"])] for row in rows}
    lines = 0
    for path in sorted(folder.glob("sts/t*/*/*.jsonl")):
        header, *messages = (json.loads(line) for line in path.open())
        lines += 1 + len(messages)
        if header["type"] != "session" or not header["harness"] or {line["type"] for line in messages} != {"message"}:
            sys.exit(f"{path}: is no session")
        read = [adapter.validate_python(line["message"]) for line in messages]
        if [{key: value for key, value in said.items() if key != "model"} for said in read] != expected[header["id"]]:
            sys.exit(f"{path}: tells something else than the run")
        del expected[header["id"]]
    if expected:
        sys.exit(f"not there: {', '.join(sorted(expected))}")
    with tempfile.TemporaryDirectory() as cache:
        loaded = importlib.import_module("datasets").load_dataset(str(folder / "sts"), cache_dir=cache)
    if sum(part.num_rows for part in loaded.values()) != lines:
        sys.exit("the card does not name all files")


main(Path(sys.argv[1]))
