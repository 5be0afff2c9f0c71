# /// script
# dependencies = ["openai", "pydantic"]
# ///
"""Are rows of `pivot` what OpenAI's Responses API and NeMo Gym's comparison take? Run by `bin/exports`.

NeMo Gym is not on the registry; its `ExpectedAction` stands here as its source has it.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any


def main(folder: Path) -> None:
    """Check every row of every part."""
    adapter: Any = importlib.import_module("pydantic").TypeAdapter
    types: Any = importlib.import_module("openai.types.responses")
    params = adapter(types.response_create_params.ResponseCreateParamsNonStreaming)
    count = 0
    for path in sorted(folder.glob("pivot/*.jsonl")):
        for text in path.read_bytes().splitlines():
            row = json.loads(text)
            read = params.validate_python(row["responses_create_params"])
            assert len([*read["input"]]) == len(row["responses_create_params"]["input"])
            names = {tool["name"] for tool in row["responses_create_params"]["tools"]}
            action = row["expected_action"]
            if action["type"] == "function_call":
                assert set(action) == {"type", "name", "arguments"}
                assert action["name"] in names
                assert isinstance(json.loads(action["arguments"]), dict)
            else:
                assert set(action) == {"type", "content"}
            assert 0 < row["action_variance"] <= row["outcome_variance"] <= 0.25
            count += 1
    if not count:
        sys.exit("no turn decided anything")
    print(f"pivot: {count} rows")


main(Path(sys.argv[1]))
