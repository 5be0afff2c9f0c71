"""What a user says about his own words: a slip put right, a value told when asked, small talk that asks for nothing."""

from __future__ import annotations

import re

from synthtools_stream.embedded.play.said_values import said_values
from synthtools_stream.embedded.play.unserved_wishes import asked_back, filled_in

__all__ = ["as_meant", "courtesy"]

_CORRECTION = re.compile(
    r"\s*\b(?:sorry|no|wait|pardon|oh)\b,? (?:i mean|i meant|make that|it is|it should be) (?P<right>.+?),? "
    r"(?:not|instead of|rather than) (?P<wrong>.+?)\.?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_SMALL_TALK = re.compile(
    r"^(?:thanks|thank you|hello|hi|good,? |right, |great|perfect|lovely|nice|what a|that helps)",
    re.IGNORECASE,
)
_FRAME = re.compile(r"\b(?:be so good|go ahead|go on|do me a favour) and ", re.IGNORECASE)
"""What goes before a wish and is none."""
_LONGEST = 120
"""Characters of small talk."""


def as_meant(said: str, before: str) -> str:
    """Return what the user wants: a slip put right, and the value put in that was held back in what was said before."""
    found = _CORRECTION.search(said)
    if found is not None:
        wish, wrong = said[: found.start()], found["wrong"].strip()
        if wrong in wish:
            said = wish.replace(wrong, found["right"].strip())
    if asked_back(before) is not None and asked_back(said) is None:
        return filled_in(before, said)
    return _FRAME.sub("", said) if before else said


def courtesy(said: str) -> str | None:
    """Return what is answered to small talk; None where there is more in it."""
    talk = len(said) <= _LONGEST and "?" not in said and not said_values(said)
    return "You're welcome, go ahead." if talk and _SMALL_TALK.match(said) else None
