"""Texts that the user dictated are compared though their attribute is volatile."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.dictated_texts import freely_worded
from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.records import Task
from synthtools_stream.state import as_state
from tests.proof.freight import proven

PROVEN = proven()
TEXT = "Your booking now sails with Castor."


def dictated(request: str) -> Task:
    """Return the freight task with another request."""
    return PROVEN.model_copy(update={"summary": request})


@pytest.mark.parametrize(
    ("request_", "free"),
    [
        (f'Move it and send "{TEXT}".', False),
        (f"Move it and send \u201c{TEXT}\u201d.", False),
        (f"Move it and send {TEXT}", True),
        ('Move it and send "Your booking".', True),
        (PROVEN.summary, True),
    ],
)
def test_only_what_stands_in_quotes_is_dictated(request_: str, free: bool) -> None:
    """A text is dictated when the request quotes all of it."""
    task = dictated(request_)
    assert ("notices.text" in freely_worded(task, as_state(task.final_state))) is free


def test_the_verdict_compares_what_was_dictated() -> None:
    """Other words for a dictated text are another outcome; other words for free wording are not."""
    final = as_state(PROVEN.final_state)
    reworded = {**final, "notices": {"N-1001": {**final["notices"]["N-1001"], "text": "It sails with Castor."}}}
    assert judge_attempt(PROVEN, reworded, "One vessel fits.").kind == "solved"
    task = dictated(f'Move it and send "{TEXT}".')
    assert judge_attempt(task, final, "One vessel fits.").kind == "solved"
    assert judge_attempt(task, reworded, "One vessel fits.").kind == "unsolved"
