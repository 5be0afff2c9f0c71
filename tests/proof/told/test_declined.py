"""Messages that decline, or ask, in many words."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.told.declined import asks, declines

WORDS = frozenset({"vessel", "id", "which"})


@pytest.mark.parametrize(
    "message",
    [
        "I could not move BK-2057.",
        "Unfortunately I'm not able to move it: no tool does that.",
        "The move was refused: the booking is cancelled.",
        "Moving bookings is not supported.",
        "I don't have a function for this.",
        "It isn’t possible to cancel a confirmed booking.",
        "All done but the confirmation, which failed.",
    ],
)
def test_declining(message: str) -> None:
    """Each says that something was not done."""
    assert declines(message)


@pytest.mark.parametrize("message", ["", "Done.", "BK-2057 was moved to VS-81.", "All is set, have a nice day!"])
def test_not_declining(message: str) -> None:
    """None of these does."""
    assert not declines(message)


@pytest.mark.parametrize(
    "message",
    [
        "Which vessel should I move it to?",
        "Please tell me the vessel's id.",
        "The search is done. I still need to know which one it is.",
        "Could you give me the id of the vessel",
        "To which vessels?",
    ],
)
def test_asking(message: str) -> None:
    """Each asks for what is held back."""
    assert asks(message, WORDS)


@pytest.mark.parametrize(
    "message",
    ["", "Done.", "The vessel is VS-81.", "Is there anything else?", "I moved it to the vessel. Anything more?"],
)
def test_not_asking(message: str) -> None:
    """A question about something else is none."""
    assert not asks(message, WORDS)
