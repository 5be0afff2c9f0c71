"""An attempt as formats see it."""

from __future__ import annotations

import pytest

from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import conversation_of, turns_of
from synthtools_stream.export.export_format import Choices
from synthtools_stream.values.jsontypes import JsonObject
from tests.export.exported import MESSAGES, attempt


def test_calls_and_their_results() -> None:
    """Arguments are objects, a result knows its tool, reasoning stands apart."""
    told = conversation_of(attempt(0), Choices())
    first = told.messages[2]
    assert [call.name for call in first.calls] == ["SearchVessels", "ListBookings"]
    assert first.calls[0].arguments == {"arrive_by": "2026-03-16", "min_capacity": 12}
    assert (told.messages[3].tool, told.messages[4].tool) == ("SearchVessels", "ListBookings")
    assert first.reasoning == "Two look-ups at once."
    assert len(told.messages) == len(MESSAGES)


def test_reasoning_goes_where_it_is_asked_to() -> None:
    """Nowhere, or to the head of the content."""
    dropped = conversation_of(attempt(0), Choices(reasoning="drop"))
    assert not any(said.reasoning for said in dropped.messages)
    inline = conversation_of(attempt(0), Choices(reasoning="inline"))
    assert inline.messages[-1].content == (
        "<think>\nAll is done.\n</think>\n\nBK-2057 sails with Castor; 1 vessel has room."
    )
    assert not any(said.reasoning for said in inline.messages)
    assert inline == conversation_of(attempt(0), Choices().in_text())
    assert Choices(reasoning="drop").in_text() == Choices(reasoning="drop")


def test_reasoning_that_ends_itself() -> None:
    """A reader would take its rest for the answer."""
    said: JsonObject = {"role": "assistant", "content": "Done.", "reasoning": "First </think> then."}
    odd = [*MESSAGES[:2], said]
    assert conversation_of(attempt(0, messages=odd), Choices()).messages[-1].reasoning == "First </think> then."
    with pytest.raises(Rejection, match="markup_in_text"):
        conversation_of(attempt(0, messages=odd), Choices().in_text())


def test_system_message() -> None:
    """The time alone, or none."""
    assert conversation_of(attempt(0), Choices(system="now")).system == "The time is 2026-03-14T09:00:00."
    none = conversation_of(attempt(0), Choices(system="drop"))
    assert none.messages[0].speaker == "user"
    assert conversation_of(attempt(0), Choices()).without_system() == none


def test_serial_calls() -> None:
    """One call a message, its result behind it; nothing is lost, and reasoning is said once."""
    told = conversation_of(attempt(0), Choices()).serial()
    assert [said.calls[0].id if said.calls else said.call_id or said.speaker for said in told.messages] == [
        "system",
        "user",
        "call_0001",
        "call_0001",
        "call_0002",
        "call_0002",
        "call_0003",
        "call_0003",
        "assistant",
    ]
    assert [said.reasoning for said in told.messages if said.reasoning] == ["Two look-ups at once.", "All is done."]


@pytest.mark.parametrize(
    ("arguments", "says"), [("[1]", "no object"), ("{", "no JSON"), (7, "no object"), ("null", "no object")]
)
def test_arguments_that_no_format_holds(arguments: object, says: str) -> None:
    """The row is left out with a reason, not mended in silence."""
    bad = {"id": "c", "type": "function", "function": {"name": "Move", "arguments": arguments}}
    messages = [*MESSAGES[:2], {"role": "assistant", "content": None, "tool_calls": [bad]}]
    with pytest.raises(Rejection, match=says):
        conversation_of(attempt(0, messages=messages), Choices())  # type: ignore[arg-type]


def test_nothing_said() -> None:
    """An attempt without a word of the agent teaches nothing."""
    with pytest.raises(Rejection, match="nothing_said"):
        conversation_of(attempt(0, messages=MESSAGES[:2]), Choices())


def test_turns() -> None:
    """Results that stand together are one, in their calls' order."""
    swapped = [*MESSAGES[:3], MESSAGES[4], MESSAGES[3], *MESSAGES[5:]]
    turns = list(turns_of(conversation_of(attempt(0, messages=swapped), Choices()).messages))
    assert [[said.call_id or said.speaker for said in turn] for turn in turns] == [
        ["system"],
        ["user"],
        ["assistant"],
        ["call_0001", "call_0002"],
        ["assistant"],
        ["call_0003"],
        ["assistant"],
    ]
