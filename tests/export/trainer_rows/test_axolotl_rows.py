"""Rows of Axolotl."""

from __future__ import annotations

import json
from pathlib import Path

from synthtools_stream.export.trainer_rows.axolotl_rows import AxolotlRows
from synthtools_stream.export.trainer_rows.trl_rows import TRLRows
from tests.export.exported import attempt, corpus, export
from tests.export.trainer_rows.hard_rows import BESIDE, passed, row_of


def test_arguments_and_tools_are_text() -> None:
    """For the rest, they are the messages that templates take."""
    for tried in (attempt(0), passed(*BESIDE)):
        row = row_of(AxolotlRows(), tried)
        other = row_of(TRLRows(), tried)
        assert json.loads(row["tools"]) == other["tools"]
        for message in row["messages"]:
            for call in message.get("tool_calls", []):
                call["function"]["arguments"] = json.loads(call["function"]["arguments"])
        assert row["messages"] == other["messages"]


def test_configuration(tmp_path: Path) -> None:
    """Stands in a file and in the card."""
    export(corpus(tmp_path / "run"), "axolotl", tmp_path / "out")
    text = (tmp_path / "out" / "dataset.yml").read_text()
    assert text.splitlines()[1] == "  - path: train.jsonl"
    assert text.strip() in (tmp_path / "out" / "README.md").read_text()
