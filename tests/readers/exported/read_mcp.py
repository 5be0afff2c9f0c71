# /// script
# dependencies = ["mcp>=2.3", "jsonschema"]
# ///
"""Are lists of tools what MCP's own types say, with schemas that are schemas? Run by `bin/exports`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def main(folder: Path) -> None:
    """Read every list with the SDK, and compare it with the tools alone."""
    types: Any = importlib.import_module("mcp.types")
    validator: Any = importlib.import_module("jsonschema").Draft202012Validator
    hints = set()
    for path in sorted(folder.glob("mcp/t*.jsonl")):
        listed = []
        for line in path.read_text().splitlines():
            told = types.ListToolsResult.model_validate(json.loads(line))
            again = told.model_dump(by_alias=True, exclude_unset=True, mode="json")
            if again != json.loads(line):
                sys.exit(f"{path}: the SDK reads {again}")
            for tool in told.tools:
                validator.check_schema(tool.input_schema)
                validator.check_schema(tool.output_schema)
                hints.add(tool.annotations.read_only_hint)
            if len({tool.name for tool in told.tools}) != len(told.tools):
                sys.exit(f"{path}: tools of one name")
            listed += json.loads(line)["tools"]
        alone = [json.loads(line)["tool"] for line in (path.parent / "tools" / path.name).read_text().splitlines()]
        if sorted(map(json.dumps, listed)) != sorted(map(json.dumps, alone)):
            sys.exit(f"{path}: other tools than in tools/{path.name}")
    if hints != {True, False}:
        sys.exit(f"tools that read and tools that write were expected, not {hints}")


main(Path(sys.argv[1]))
