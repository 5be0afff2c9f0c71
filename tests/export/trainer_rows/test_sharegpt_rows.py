"""Conversations of from and value."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synthtools_stream.export.export_format import Choices, ReasoningPlace
from synthtools_stream.export.trainer_rows.sharegpt_rows import ShareGPTRows
from tests.export.exported import MESSAGES, attempt
from tests.export.trainer_rows.hard_rows import BESIDE, THOUGHTS, passed, row_of


def values(row: Any) -> list[tuple[str, str]]:
    """Return who says what."""
    return [(turn["from"], turn["value"]) for turn in row["conversations"]]


@pytest.mark.parametrize(("reasoning", "thoughts"), [("keep", THOUGHTS), ("inline", THOUGHTS), ("drop", ("", ""))])
def test_calls_in_the_text(reasoning: ReasoningPlace, thoughts: tuple[str, str]) -> None:
    """All calls of a message together, each result for itself and as it was; reasoning where it is asked for."""
    row = row_of(ShareGPTRows(), attempt(0), Choices(reasoning=reasoning))
    told = values(row)
    assert [who for who, _ in told] == ["system", "human", "gpt", "tool", "tool", "gpt", "tool", "gpt"]
    assert [text for who, text in told if who in ("system", "human", "tool")] == [
        message["content"] for message in MESSAGES if message["role"] != "assistant"
    ]
    assert told[2][1] == (
        f"{thoughts[0]}<tool_call>\n"
        '{"name": "SearchVessels", "arguments": {"arrive_by": "2026-03-16", "min_capacity": 12}}\n</tool_call>\n'
        '<tool_call>\n{"name": "ListBookings", "arguments": {"status": "confirmed", "max_results": 3}}\n</tool_call>'
    )
    assert told[-1][1] == f"{thoughts[1]}{MESSAGES[-1]['content']}"
    assert json.loads(row["tools"]) == attempt(0).tools


def test_speech_beside_a_call() -> None:
    """Stands before it; results need no escape."""
    told = values(row_of(ShareGPTRows(), passed(*BESIDE), Choices(system="drop")))
    assert [who for who, _ in told] == ["human", "gpt", "tool", "gpt"]
    assert told[1][1].startswith("Let me see.\n<tool_call>\n")
    assert told[2][1] == BESIDE[1]["content"]


def test_results_stand_in_the_calls_order() -> None:
    """For without ids, nothing else tells which is whose."""
    swapped = [*MESSAGES[2:3], MESSAGES[4], MESSAGES[3], *MESSAGES[5:]]
    assert row_of(ShareGPTRows(), passed(*swapped)) == row_of(ShareGPTRows(), attempt(0))
