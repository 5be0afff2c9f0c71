# /// script
# dependencies = ["openai", "jsonschema"]
# ///
"""Are rows of `openai` what OpenAI's own types and JSON Schema say? Run by `bin/exports`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def main(folder: Path) -> None:
    """Check every row of every part against the client's request types."""
    adapter: Any = importlib.import_module("pydantic").TypeAdapter
    chat: Any = importlib.import_module("openai.types.chat")
    message, tool = adapter(chat.ChatCompletionMessageParam), adapter(chat.ChatCompletionToolParam)
    validator: Any = importlib.import_module("jsonschema").Draft202012Validator
    calls = 0
    for path in sorted(folder.glob("openai/*.jsonl")):
        with path.open() as file:
            for line in file:
                row = json.loads(line)
                schemas = {}
                for offered in row["tools"]:
                    tool.validate_python(offered)
                    schemas[offered["function"]["name"]] = offered["function"]["parameters"]
                    validator.check_schema(offered["function"]["parameters"])
                asked: list[str] = []
                for said in row["messages"]:
                    message.validate_python(said)
                    asked += [call["id"] for call in said.get("tool_calls", ())]
                    for call in said.get("tool_calls", ()):
                        if not isinstance(json.loads(call["function"]["arguments"]), dict):
                            sys.exit(f"{path}: arguments of {call['id']} are no object")
                        calls += call["function"]["name"] in schemas
                answered = [said["tool_call_id"] for said in row["messages"] if said["role"] == "tool"]
                if sorted(asked) != sorted(answered):
                    sys.exit(f"{path}: calls {asked} are answered by {answered}")
    if not calls:
        sys.exit("no row has a call")


main(Path(sys.argv[1]))
