"""Rows of ms-swift."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthtools_stream.export.trainer_rows.ms_swift_rows import MsSwiftRows
from tests.export.exported import MESSAGES, attempt, corpus, export, rows, task
from tests.export.trainer_rows.hard_rows import BESIDE, MARKUP, THOUGHTS, failed, passed, row_of, said


def test_a_message_for_each_call() -> None:
    """Each result names its tool; what is thought stands before the calls."""
    row = row_of(MsSwiftRows(), attempt(0))
    told = [(said["role"], said["content"]) for said in row["messages"]]
    assert [role for role, _ in told] == [
        *("system", "user", "assistant", "tool_call", "tool_call", "tool_response", "tool_response"),
        *("tool_call", "tool_response", "assistant"),
    ]
    assert told[2][1] == THOUGHTS[0]
    assert json.loads(told[4][1]) == {"name": "ListBookings", "arguments": {"status": "confirmed", "max_results": 3}}
    assert told[5][1] == MESSAGES[3]["content"]
    assert row["messages"][5]["name"] == "SearchVessels"
    assert json.loads(row["tools"]) == attempt(0).tools


def test_speech_beside_a_call() -> None:
    """Is a message before it; tags mean nothing here."""
    messages = row_of(MsSwiftRows(), passed(*BESIDE))["messages"]
    assert [said["role"] for said in messages[2:4]] == ["assistant", "tool_call"]
    assert json.loads(messages[3]["content"])["arguments"] == {"about": MARKUP, "n": 1.0}


def test_preference_rows(tmp_path: Path) -> None:
    """Both sides whole, each with the tools: they are not taken from the other."""
    run = corpus(tmp_path / "run", [task()], [passed(said("Yes.")), failed(said("No."))])
    export(run, "ms-swift-preference", tmp_path / "out")
    row: Any
    (row,) = rows(tmp_path / "out" / "train.jsonl")
    assert row["messages"] == [*MESSAGES[:2], said("Yes.")]
    assert row["rejected_messages"] == [*MESSAGES[:2], said("No.")]
    assert row["tools"] == row["rejected_tools"]
