"""Messages that alternate."""

from __future__ import annotations

from synthtools_stream.chat.language_model import Message, ToolCall
from synthtools_stream.servers.alternating_turns import alternating

A, B = ToolCall("a", "Find", "{}"), ToolCall("b", "Move", "{}")
RESULTS = {"a": Message("tool", "1", tool_call_id="a"), "b": Message("tool", "2", tool_call_id="b")}


def test_what_one_said_in_a_row_is_one_message() -> None:
    """Texts are joined; a message that alternates already stays as it is."""
    before = [Message("user", "One."), Message("user", "Two."), Message("assistant", "Yes."), Message("user", "Go.")]
    assert [*alternating(before)] == [Message("user", "One.\n\nTwo."), *before[2:]]
    assert [*alternating(before[2:])] == before[2:]
    said = [Message("assistant", "Wait."), Message("assistant", None, tool_calls=(A,)), RESULTS["a"]]
    assert [*alternating(said)] == [Message("assistant", "Wait.", tool_calls=(A,)), RESULTS["a"]]


def test_calls_made_at_once_are_told_one_by_one() -> None:
    """Each call is followed by its result, whatever the order of the results; what was said stands with the first."""
    before = [Message("user", "u"), Message("assistant", "Both.", tool_calls=(A, B)), RESULTS["b"], RESULTS["a"]]
    assert [*alternating(before)] == [
        Message("user", "u"),
        Message("assistant", "Both.", tool_calls=(A,)),
        RESULTS["a"],
        Message("assistant", None, tool_calls=(B,)),
        RESULTS["b"],
    ]


def test_unanswered_calls_stay_together() -> None:
    """Where a result is missing nothing is taken apart."""
    before = [Message("assistant", None, tool_calls=(A, B)), RESULTS["a"]]
    assert [*alternating(before)] == before
