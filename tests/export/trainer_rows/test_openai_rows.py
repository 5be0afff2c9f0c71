"""Rows as OpenAI's API has them."""

from __future__ import annotations

from pathlib import Path

import orjson

from synthtools_stream.export.export_format import Choices
from synthtools_stream.export.trainer_rows.openai_rows import OpenAIRows
from tests.export.exported import MESSAGES, attempt, corpus, export


def test_every_message_is_there_as_it_was() -> None:
    """Ids, texts and parallel calls are kept; reasoning has a field of its own."""
    tried = attempt(0)
    row = OpenAIRows().row(tried, Choices())
    expected = [dict(message) for message in MESSAGES]
    for message in expected:
        if "reasoning" in message:
            message["reasoning_content"] = message.pop("reasoning")
    assert row["messages"] == expected
    assert row["tools"] == tried.tools
    assert row["parallel_tool_calls"] is True
    assert "reasoning_content" not in orjson.dumps(OpenAIRows().row(tried, Choices(reasoning="drop"))).decode()


def test_card_shows_how_it_is_read(tmp_path: Path) -> None:
    """Its example runs as it stands."""
    export(corpus(tmp_path / "run"), "openai", tmp_path / "out")
    code = (tmp_path / "out" / "README.md").read_text().split("```python\n")[1].split("```")[0]
    found: dict[str, object] = {}
    exec(code.replace("train.jsonl", str(tmp_path / "out" / "train.jsonl")), found)
    assert found["arguments"] == {"arrive_by": "2026-03-16", "min_capacity": 12}
