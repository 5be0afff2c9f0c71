"""Thoughts apart from what was said."""

from __future__ import annotations

import pytest

from synthtools_stream.chat.thoughts import answer_text, split_answer, split_speech, thought_beside, without_reasoning

HARMONY = (
    "<|channel|>analysis<|message|>It is 44.<|end|><|start|>assistant<|channel|>final<|message|>All done!<|return|>"
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<think>It is 44.</think>All done!", ("It is 44.", "All done!")),
        ("All <think>It is 44.</think>done!", ("It is 44.", "All done!")),
        ("All done! <thought>It is 44.", ("It is 44.", "All done!")),
        ("It is {44}.</think>All done!", ("It is {44}.", "All done!")),
        (HARMONY, ("It is 44.", "All done!")),
        ("<|channel|>analysis<|message|>It is 44.", ("It is 44.", "")),
        ("<|channel|>final\nAll done!", ("", "All done!")),
        ("It is 44.<|end|><|channel|>final <|constrain|>json<|message|>{}", ("It is 44.", "{}")),
        ("[THINK]It is 44.[/THINK]All done!", ("It is 44.", "All done!")),
        ("◁think▷It is 44.◁/think▷All done!", ("It is 44.", "All done!")),
        ("<|START_THINKING|>It is 44.<|END_THINKING|>All done!", ("It is 44.", "All done!")),
        ('<Thinking budget="9">It is 44.</Thinking >All done!', ("It is 44.", "All done!")),
        ("<think><analysis>It is 44.</analysis>Or 45.</think>All done!", ("<analysis>It is 44.\nOr 45.", "All done!")),
        ("1 < 2, and </b> is a tag", ("", "1 < 2, and </b> is a tag")),
    ],
)
def test_speech_is_split(text: str, parts: tuple[str, str]) -> None:
    """In prose a thought is one wherever it stands, opened, closed, or neither."""
    assert split_speech(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<think>why</think>\n{}", ("why", "{}")),
        ("why\n</think>\n\n{}", ("why", "{}")),
        ("<think>cut off", ("cut off", "")),
        ('{"a": "</think>"}', ("", '{"a": "</think>"}')),
        ('{"a": "<|channel|>final"}', ("", '{"a": "<|channel|>final"}')),
        (HARMONY, ("It is 44.", "All done!")),
        ("plain", ("", "plain")),
    ],
)
def test_answer_is_split(text: str, parts: tuple[str, str]) -> None:
    """Reasoning before the answer is split from it; tags within JSON are its own."""
    assert split_answer(text) == parts


def test_reasoning_is_dropped() -> None:
    """Closed blocks and other channels go; other tags stay."""
    assert without_reasoning("<think>a</think>b") == "b"
    assert without_reasoning("plain </b>") == "plain </b>"
    assert without_reasoning('<|channel|>analysis<|message|>{"a": 1}<|channel|>final<|message|>{}') == "{}"


def test_answer_in_reasoning() -> None:
    """An object alone in the reasoning is the answer where there is no other."""
    assert answer_text(" ", ' {"a": 1}\n') == '{"a": 1}'
    assert answer_text("{}", '{"a": 1}') == "{}"
    assert answer_text("", "Perhaps {}?") == ""


@pytest.mark.parametrize(
    ("text", "reasoning", "thought"),
    [
        ('{"a": 1}', " Hm. ", "Hm."),
        ('<think>Well.</think>{"a": 1}', "Hm.", "Hm.\nWell."),
        ("", '{"a": 1}', ""),
        ('{"a": "<think>no thought</think>"}', "", ""),
    ],
)
def test_thought_beside_an_answer(text: str, reasoning: str, thought: str) -> None:
    """What was thought is kept apart; an answer in the field of the reasoning is no thought."""
    assert thought_beside(text, reasoning) == thought
