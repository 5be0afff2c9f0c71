"""Sessions as the Hub's viewer reads them."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from synthtools_stream.export.export_format import Choices
from synthtools_stream.export.traces.sts_traces import StsTraces
from synthtools_stream.values.jsontypes import JsonObject
from tests.export.exported import MESSAGES, attempt, corpus, export


def session(choices: Choices | None = None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the header and the messages of an attempt's file."""
    text = StsTraces().session(attempt(0), choices or Choices()).decode()
    header, *lines = (json.loads(line) for line in text.splitlines())
    assert all(line["type"] == "message" for line in lines)
    return header, [line["message"] for line in lines]


def test_every_message_is_there_as_it_was() -> None:
    """Texts, calls in parallel with their ids and argument texts, results, reasoning."""
    header, messages = session()
    assert header["type"] == "session"
    assert header["id"] == attempt(0).id
    assert header["verdict"] == {"kind": "solved", "reasons": []}
    assert [said["role"] for said in messages] == [said["role"] for said in MESSAGES]
    assert [said["content"] for said in messages] == [said["content"] or "" for said in MESSAGES]
    assert [call["id"] for call in messages[2]["toolCalls"]] == ["call_0001", "call_0002"]
    assert messages[2]["toolCalls"][0]["function"]["arguments"] == '{"arrive_by":"2026-03-16","min_capacity":12}'
    assert messages[2]["reasoningContent"] == "Two look-ups at once."
    assert [said["toolCallId"] for said in messages if said["role"] == "tool"] == [
        "call_0001",
        "call_0002",
        "call_0003",
    ]
    assert {said.get("model") for said in messages if said["role"] == "assistant"} == {"m"}


@pytest.mark.parametrize("reasoning", ["drop", "inline"])
def test_reasoning_elsewhere(reasoning: Any) -> None:
    """Nowhere, or within the text."""
    _, messages = session(Choices(reasoning=reasoning))
    assert not any("reasoningContent" in said for said in messages)
    assert ("Two look-ups" in messages[2]["content"]) is (reasoning == "inline")


def test_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the tag, names the files, and its example runs."""
    export(corpus(tmp_path / "run"), "sts", tmp_path / "out", split="train=0.9,test=0.1")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "- agent-traces\n" in card
    assert [line for line in card.splitlines() if "path:" in line] == ['    path: "train/**/*.jsonl"']
    monkeypatch.chdir(tmp_path / "out")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(card.split("```python\n")[1].split("```")[0], {})
    assert f"{attempt(0).id} solved 8" in said.getvalue()


def test_lines_are_lines_for_everybody() -> None:
    """Also for readers that break them where Unicode does."""
    said: JsonObject = {"role": "user", "content": "a\u2028b\u2029c\x85d\x0be"}
    text = StsTraces().session(attempt(0, messages=[said, *MESSAGES[2:]]), Choices()).decode()
    assert len(text.splitlines()) == len(MESSAGES)
    assert json.loads(text.splitlines()[1])["message"]["content"] == said["content"]
