"""Choices: quotes that may imply a value, and quotes that cannot."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.grounded.choices import choice_problem
from synthtools_stream.records import Parameter

FLAG = Parameter(type="boolean")
LEVEL = Parameter(type="string", enum=["low", "very_high", "open"])


@pytest.mark.parametrize(
    ("value", "name", "quote", "turn"),
    [
        (True, "urgent", "marked as urgent", "Log it, marked as urgent."),
        (False, "urgent", "not urgent", "Log it, not urgent."),
        (False, "urgent", "urgent", "Log it; it is not urgent."),
        (False, "send_reminder", "send me a reminder", "Please do not send me a reminder."),
        (True, "send_reminder", "remind me", "Yes, do remind me."),
        (False, "send_reminder", "skip the reminder", "Book it and skip the reminder."),
        (True, "exclude_cancelled", "not the cancelled ones", "List them, but not the cancelled ones."),
        (False, "exclude_cancelled", "with the cancelled ones", "List all, with the cancelled ones."),
        (True, "never_expires", "never expires", "Make a key that never expires."),
    ],
)
def test_plain_words_imply_a_flag(value: bool, name: str, quote: str, turn: str) -> None:
    """Affirmed or denied, in the words of the parameter."""
    assert choice_problem(value, f"/{name}", quote, turn, FLAG) is None


@pytest.mark.parametrize(
    ("value", "name", "quote", "turn", "told"),
    [
        (False, "urgent", "marked as urgent", "Log it, marked as urgent.", "the value denies"),
        (True, "urgent", "not urgent", "Log it, not urgent.", "the value affirms"),
        (True, "urgent", "urgent", "Log it; it is not urgent.", "the value affirms"),
        (True, "urgent", "please", "Log it, please.", "has no word of 'urgent'"),
        (False, "exclude_cancelled", "not the cancelled ones", "List them, but not the cancelled ones.", "affirms"),
    ],
)
def test_other_words_do_not(value: bool, name: str, quote: str, turn: str, told: str) -> None:
    """The other value, or words of something else."""
    assert told in (choice_problem(value, f"/{name}", quote, turn, FLAG) or "")


@pytest.mark.parametrize(
    ("value", "quote", "turn", "others", "told"),
    [
        ("low", "at the lowest level", "Set it at the lowest level.", (), None),
        ("very_high", "a high level", "Give it a high level.", (), None),
        ("low", "the level", "Set the level to very high.", (), "and the turn says 'very high'"),
        ("low", "low level", 'Set a low level, titled "very high".', ("very high",), None),
        ("low", "please", "Set it, please.", (), "has no word of 'level' or 'low'"),
        ("low", "level as before", "Set the level as before.", (), None),
    ],
)
def test_a_closed_set_is_chosen_from_by_its_words(
    value: str, quote: str, turn: str, others: tuple[str, ...], told: str | None
) -> None:
    """A quote has a word of the value or its parameter, and no other value stands in the turn."""
    found = choice_problem(value, "/level", quote, turn, LEVEL, others)
    assert found is None if told is None else told in (found or "")
