"""Function calling as Hermes models do it."""

from __future__ import annotations

import json
import re
from typing import Any

from synthtools_stream.export.export_format import Choices
from synthtools_stream.export.trainer_rows.hermes_rows import HermesRows
from tests.export.exported import MESSAGES, attempt
from tests.export.trainer_rows.hard_rows import BESIDE, MARKUP, passed, row_of, said


def objects(tag: str, text: str) -> list[Any]:
    """Return what stands between tags."""
    return [json.loads(found) for found in re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)]


def test_tools_calls_and_results_are_read_back() -> None:
    """Everything is in the texts; results of one turn stand together, each with its tool's name."""
    tried = attempt(0)
    row = row_of(HermesRows(), tried)
    turns = row["conversations"]
    assert [turn["from"] for turn in turns] == ["system", "human", "gpt", "tool", "gpt", "tool", "gpt"]
    texts = [turn["value"] for turn in turns]
    assert objects("tools", texts[0].split(" XML tags.", 1)[1]) == [tried.tools]
    assert texts[0].endswith(f"\n\n{MESSAGES[0]['content']}")
    assert objects("tool_call", texts[2]) == [
        {"name": "SearchVessels", "arguments": {"arrive_by": "2026-03-16", "min_capacity": 12}},
        {"name": "ListBookings", "arguments": {"status": "confirmed", "max_results": 3}},
    ]
    assert objects("tool_response", texts[3]) == [
        {"name": name, "content": json.loads(str(MESSAGES[at]["content"]))}
        for at, name in ((3, "SearchVessels"), (4, "ListBookings"))
    ]
    assert row["id"] == tried.id


def test_tags_in_data() -> None:
    """Arguments and results hold them, and are read back."""
    turns = row_of(HermesRows(), passed(*BESIDE), Choices(system="drop"))["conversations"]
    (made,) = objects("tool_call", turns[2]["value"])
    (answered,) = objects("tool_response", turns[3]["value"])
    assert made == {"name": "ListNotes", "arguments": {"about": MARKUP, "n": 1.0}}
    assert answered["content"]["response"] == {"notes": [MARKUP]}
    assert turns[0]["value"].endswith("</tool_call>")


def test_result_that_is_no_json() -> None:
    """Is a text in the object."""
    odd = [*BESIDE[:1], {**BESIDE[1], "content": "not </tool_response> JSON"}, said("Done.")]
    turns = row_of(HermesRows(), passed(*odd))["conversations"]
    assert objects("tool_response", turns[3]["value"]) == [
        {"name": "ListNotes", "content": "not </tool_response> JSON"}
    ]
