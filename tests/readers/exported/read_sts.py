# /// script
# dependencies = ["datasets", "jsonschema", "teich"]
# ///
"""Are files of `sts` what the Hub's documentation says, and do they hold what the run does? Run by `bin/exports`.

The trace viewer itself runs on the Hub. `datasets` knows traces, too, and loads the folder by its card.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

TEXT = {"type": "string"}
FUNCTION = {"required": ["name", "arguments"], "properties": {"name": TEXT, "arguments": TEXT}}
CALL = {"required": ["id", "function"], "properties": {"id": TEXT, "function": FUNCTION}}
MESSAGE: dict[str, Any] = {
    "type": "object",
    "required": ["role", "content"],
    "additionalProperties": False,
    "properties": {
        "role": {"enum": ["user", "assistant", "system", "tool"]},
        "content": TEXT,
        "reasoningContent": TEXT,
        "toolCalls": {"type": "array", "items": CALL},
        "toolCallId": TEXT,
        "timestamp": {"type": "integer"},
        "model": TEXT,
    },
}
"""As the documentation has it."""


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
    validator: Any = importlib.import_module("jsonschema").Draft202012Validator(MESSAGE)
    rows = [json.loads(line) for line in (folder / "run" / "trajectories.jsonl").open()]
    expected = {row["id"]: [recorded(message) for message in json.loads(row["messages"])] for row in rows}
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("sts/t*/*/*.jsonl")):
        header, *messages = (json.loads(line) for line in path.open())
        texts[header["id"]] = path.read_text()
        if header["type"] != "session" or not header["harness"] or {line["type"] for line in messages} != {"message"}:
            sys.exit(f"{path}: is no session")
        read = [line["message"] for line in messages]
        for said in read:
            validator.validate(said)
        if [{key: said[key] for key in said if key != "model"} for said in read] != expected[header["id"]]:
            sys.exit(f"{path}: tells something else than the run")
        del expected[header["id"]]
    if expected:
        sys.exit(f"not there: {', '.join(sorted(expected))}")
    with tempfile.TemporaryDirectory() as cache:
        loaded = importlib.import_module("datasets").load_dataset(str(folder / "sts"), cache_dir=cache)
    read_back = {row["session_id"]: row["trace"] for part in loaded.values() for row in part}
    if read_back != texts:
        sys.exit("`datasets` reads other sessions by the card than there are")


main(Path(sys.argv[1]))
