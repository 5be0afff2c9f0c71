"""Samples of LLaMA-Factory's v1 engine."""

from __future__ import annotations

import json
from pathlib import Path

from synthtools_stream.export.trainer_rows.llamafactory_v1_rows import LlamaFactoryV1Rows
from tests.export.exported import attempt, corpus, export
from tests.export.trainer_rows.hard_rows import BESIDE, MARKUP, passed, row_of


def test_parts_of_a_message() -> None:
    """Reasoning, text and calls, each for itself; only the agent's have a weight."""
    row = row_of(LlamaFactoryV1Rows(), attempt(0))
    messages = row["messages"]
    kinds = [(said["role"], [part["type"] for part in said["content"]], said["loss_weight"]) for said in messages]
    assert kinds == [
        ("system", ["text"], 0.0),
        ("user", ["text"], 0.0),
        ("assistant", ["reasoning", "tool_call", "tool_call"], 1.0),
        ("tool", ["text"], 0.0),
        ("tool", ["text"], 0.0),
        ("assistant", ["tool_call"], 1.0),
        ("tool", ["text"], 0.0),
        ("assistant", ["reasoning", "text"], 1.0),
    ]
    assert json.loads(messages[2]["content"][2]["value"]) == {
        "name": "ListBookings",
        "arguments": {"status": "confirmed", "max_results": 3},
    }
    assert json.loads(row["tools"]) == attempt(0).tools


def test_speech_beside_a_call() -> None:
    """Is a part like another; no text is taken for markup."""
    parts = row_of(LlamaFactoryV1Rows(), passed(*BESIDE))["messages"][2]["content"]
    assert parts[0] == {"type": "text", "value": "Let me see."}
    assert json.loads(parts[1]["value"])["arguments"] == {"about": MARKUP, "n": 1.0}


def test_what_names_the_rows(tmp_path: Path) -> None:
    """The engine's own file."""
    export(corpus(tmp_path / "run"), "llamafactory-v1", tmp_path / "out")
    info = json.loads((tmp_path / "out" / "dataset_info.yaml").read_text())
    assert info == {"train": {"path": "train.jsonl", "source": "local"}}
