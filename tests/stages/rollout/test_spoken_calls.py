"""Calls that were written as text."""

from __future__ import annotations

import pytest

from stages.rollout.spoken_calls import spoken_calls

NAMES = {"Find", "Move"}
JSON = '{"name": "Find", "arguments": {"a": 1}}'


@pytest.mark.parametrize(
    "text",
    [
        f"<tool_call>{JSON}</tool_call>",
        f"I shall look. <tool_call>\n{JSON}",
        f"```json\n{JSON}\n```",
        f"[TOOL_CALLS][{JSON}]",
        '<|python_tag|>{"name": "Find", "parameters": {"a": 1}}',
        JSON,
        "Find(a=1)",
        "`Find(a=1)`",
        "[Find(a=1)]",
    ],
)
def test_call_is_read(text: str) -> None:
    """Each family's form of one call is that call."""
    found = spoken_calls(text, NAMES)
    assert [(call.name, call.arguments) for call in found or []] == [("Find", {"a": 1})]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("[Find(a=1), Move(b=2)]", 2),
        (f"{JSON}\n{JSON}", 2),
        ("<tool_call>{oops</tool_call>", 0),
        (f"<tool_call>{JSON}</tool_call><tool_call>oops", 0),
        (f"[{JSON},{JSON}]", 2),
    ],
)
def test_several_or_torn(text: str, count: int) -> None:
    """Several calls are told as several, and a torn one as a call that nobody can read."""
    found = spoken_calls(text, NAMES)
    assert found is not None
    assert len(found) == count


@pytest.mark.parametrize("text", ["I called Find(a=1) for you.", "Drop(a=1)", '{"a": 1}', "Done (at last).", "", "[1]"])
def test_message_is_no_call(text: str) -> None:
    """Prose that tells of a call, and calls of what is no tool, are messages."""
    assert spoken_calls(text, NAMES) is None
