"""LLaMA-Factory's ShareGPT."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from synthtools_stream.export.export_format import Choices
from synthtools_stream.export.trainer_rows.llamafactory_rows import LlamaFactoryRows
from tests.export.exported import MESSAGES, attempt, corpus, export, task
from tests.export.trainer_rows.hard_rows import BESIDE, MARKUP, THOUGHTS, call_of, passed, row_of, said


def values(row: Any) -> list[tuple[str, str]]:
    """Return who says what."""
    return [(turn["from"], turn["value"]) for turn in row["conversations"]]


def test_two_take_turns() -> None:
    """Calls of a message are one list, and so are their results."""
    row = row_of(LlamaFactoryRows(), attempt(0), Choices(reasoning="drop"))
    told = values(row)
    assert [who for who, _ in told] == ["human", "function_call", "observation", "function_call", "observation", "gpt"]
    assert json.loads(told[1][1]) == [
        {"name": "SearchVessels", "arguments": {"arrive_by": "2026-03-16", "min_capacity": 12}},
        {"name": "ListBookings", "arguments": {"status": "confirmed", "max_results": 3}},
    ]
    assert told[2][1] == f"[{MESSAGES[3]['content']},{MESSAGES[4]['content']}]"
    assert told[4][1] == MESSAGES[6]["content"]
    assert row["system"] == MESSAGES[0]["content"]
    assert json.loads(row["tools"]) == attempt(0).tools


def test_what_is_said_beside_calls() -> None:
    """Stands before tags that the formatter knows; arguments hold none."""
    told = values(row_of(LlamaFactoryRows(), attempt(0)))
    assert told[1][1].startswith(f"{THOUGHTS[0]}<tool_call>[")
    beside = values(row_of(LlamaFactoryRows(), passed(*BESIDE)))[1][1]
    before, _, calls = beside.partition("<tool_call>")
    assert before == "Let me see.\n"
    assert beside.count("<") == 2
    assert json.loads(calls.removesuffix("</tool_call>")) == [
        {"name": "ListNotes", "arguments": {"about": MARKUP, "n": 1.0}}
    ]


def test_rows_that_the_loader_would_skip(tmp_path: Path) -> None:
    """Are left out with the reason, not written for nothing."""
    attempts = [
        passed(said("One."), said("Two."), said("", "user"), said("Three."), number=0),
        passed(*BESIDE[:2], number=1),
        passed(said("Hello."), said("Bye.", "user"), number=2),
        passed({**call_of(1), "content": "a <tool_call>"}, *BESIDE[1:], number=3),
        passed(*BESIDE, number=4),
    ]
    folder = export(corpus(tmp_path / "run", [task()], attempts), "llamafactory", tmp_path / "out")
    assert folder.left_out == {"no_alternation": 1, "no_last_word": 2, "markup_in_text": 1}
    assert folder.lines == {"train.jsonl": 1}


def test_results_of_any_text() -> None:
    """One that is no JSON is a text in the list."""
    mixed = [*MESSAGES[2:4], {**MESSAGES[4], "content": "no JSON"}, *MESSAGES[5:]]
    told = values(row_of(LlamaFactoryRows(), passed(*mixed)))
    assert told[2][1] == f'[{MESSAGES[3]["content"]},"no JSON"]'


@pytest.mark.parametrize("parts", ["train=1", "train=0.5,test=0.5"])
def test_parts_are_named(tmp_path: Path, parts: str) -> None:
    """A data set each."""
    run = corpus(tmp_path / "run", [task(f"{letter}_spec_000_seq01") for letter in "ab"])
    export(run, "llamafactory", tmp_path / "out", split=parts)
    info = json.loads((tmp_path / "out" / "dataset_info.json").read_text())
    assert {name: entry["file_name"] for name, entry in info.items()} == {
        f"synthtools_{part.partition('=')[0]}": f"{part.partition('=')[0]}.jsonl" for part in parts.split(",")
    }
    assert info["synthtools_train"]["columns"] == {"messages": "conversations", "system": "system", "tools": "tools"}
