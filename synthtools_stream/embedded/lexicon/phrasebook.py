"""How users put a wish into words: frames for a turn, and what holds a request of several wishes together.

A frame is a text with places for the parts of a wish, numbered from 0. No frame holds a number word, a date word or a
negation: what such words say has to come from the wish itself.
"""

from __future__ import annotations

import functools
from importlib import resources

from pydantic import BaseModel, ConfigDict

__all__ = ["Phrasebook", "load_phrasebook"]


class Phrasebook(BaseModel):
    """Frames by what they are for; those of `acts` and `reads` by the tone of who speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    acts: dict[str, tuple[str, ...]]
    """`cancel booking BK-1` as a turn."""
    stated: tuple[str, ...]
    """`booking BK-1 should be cancelled` as a turn."""
    reads: dict[str, tuple[str, ...]]
    """`look up booking BK-1`, and `its status`, that is asked for."""
    whose: tuple[str, ...]
    """`look up booking BK-1` and `status`, asked for in a relative clause."""
    asked: tuple[str, ...]
    """`booking BK-1`, `status`, and `is` or `are`: the question alone."""
    checks: tuple[str, ...]
    """`look up booking BK-1` and `status`, that is to be checked, not told."""
    counted: tuple[str, ...]
    """`bookings with status open`, whose number is asked for."""
    topped: tuple[str, ...]
    """`bookings with status open`, and `the weight of the first one`."""
    purposes: tuple[str, ...]
    """Why somebody wants something: a sentence without its stop."""
    tells: tuple[str, ...]
    """A wish and what is asked for, in one clause of a request."""
    tells_apart: tuple[str, ...]
    """The same in two sentences."""
    joints: tuple[str, ...]
    """Two clauses of a request in one sentence, in their order."""
    wishes: tuple[str, ...]
    """A clause as a sentence that some opener goes before."""
    firsts: tuple[str, ...]
    """Openers of the first sentence, of those after it, and of the last."""
    nexts: tuple[str, ...]
    lasts: tuple[str, ...]
    before: tuple[str, ...]
    """Two clauses of which the second is said first, though it comes second."""
    openings: tuple[str, ...]
    """Before all of a request, with the blank that follows."""
    closings: tuple[str, ...]
    """After all of it, with the blank that goes before."""


@functools.cache
def load_phrasebook() -> Phrasebook:
    """Read the phrases, once."""
    text = resources.files("synthtools_stream.embedded.lexicon").joinpath("phrasebook.json").read_bytes()
    return Phrasebook.model_validate_json(text)
