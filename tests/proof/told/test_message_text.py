"""A message as it is read: what the user sees of it, in plain letters."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.told.message_text import plain, spoken, without_echo


@pytest.mark.parametrize(
    "message",
    [
        "<think>It is 31.</think>Done.",
        "It is 31.</think>Done.",
        "<|channel|>analysis<|message|>It is 31.<|end|><|channel|>final<|message|>Done.",
        "<scratchpad>It is 31.</scratchpad>Done.",
        "Thought: it is 31.\n\nDone.",
        "<!-- 31 -->Done.",
        "```thinking\n31\n```Done.",
    ],
)
def test_thoughts_are_not_spoken(message: str) -> None:
    """What a model thought is no part of what it said, however it was marked."""
    assert spoken(message) == "Done."


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("_Castor_ **sails** `now`", "Castor sails now"),
        ("on_order \u2011 3\u00a0m\u00b2", "on_order - 3 m2"),
        ("| Name | ETA |\n|---|---|\n| Castor | noon |", "Name: Castor; ETA: noon."),
        ("| Item | Value |\n|---|---|\n| Name | Castor |", "Name: Castor."),
        ("## Done\n> all of it", "Done\nall of it"),
    ],
)
def test_marks_are_gone(text: str, bare: str) -> None:
    """Markdown, odd hyphens and spaces, and tables become plain lines."""
    assert plain(text) == bare


def test_the_request_is_not_heard_as_an_answer() -> None:
    """Sentences of the request that a message repeats say nothing; its own do."""
    request = "find vessels that arrive by 16 march 2026. tell me how many there are."
    said = "1. Find vessels that arrive by 16 March 2026.\nThere is 1."
    assert without_echo(said, request).strip() == "There is 1."
