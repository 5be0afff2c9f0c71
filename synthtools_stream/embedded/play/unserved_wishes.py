"""Wishes that cannot be served as things are: the user holds a value back, or no tool is for the deed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from synthtools_stream.embedded.play.dialogue_recall import Past
from synthtools_stream.embedded.play.solver import find_call
from synthtools_stream.embedded.play.tool_choice import names_deed
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["asked_back", "filled_in", "is_served"]

_HELD_BACK = re.compile(
    r"\b(?:i(?:'ll| will| shall| still have to| have yet to| am going to)|we(?:'ll| will| still have to)) "
    r"(?:tell|give|let|send) you (?P<what>[\w ]+)",
    re.IGNORECASE,
)
_SMALL = "and|with|for|to|of|in|on|by|so|please|at|from|or|as|now|when|is|has|should|needs|must"
_CERTAIN = re.compile(
    rf"\ba certain (?P<what>[\w%-]+(?: (?!(?:{_SMALL})\b)[\w%-]+)*)(?: (?:of|in) (?P<unit>[^\s.,?!]+))?"
)
"""A thing or value that is spoken of and not told; with the unit that a number has."""
_PLAIN = frozenset({"number", "amount", "date", "text", "one"})
"""What a value is called that has no name of its own in the wish."""
_FITS = 1.0
"""Score of a tool's words from which on a wish is for it, whatever verb it has: what is for no tool has some 0.6."""


def asked_back(wish: str) -> str | None:
    """Return the question that a wish leaves open by its own words: `(I still have to tell you which)`."""
    certain = _CERTAIN.search(wish)
    if certain is not None:
        return f"Which {certain['what']} do you mean?"
    found = _HELD_BACK.search(wish)
    if found is None:
        return None
    return f"Before I can do that: please tell me {found['what'].strip()}. What is it?"


def filled_in(wish: str, told: str) -> str:
    """Return a wish with the value put in that it left open, once it is told: `It is BK-1042.`"""
    value = re.sub(r"^(?:it is|it's|that is|that would be) |(?:, please)?[.!]?$", "", told.strip(), flags=re.IGNORECASE)

    def named(found: re.Match[str]) -> str:
        if found["what"] not in _PLAIN:
            return f"{found['what']} {value}"
        return f"{value} {found['unit']}" if found["unit"] and not value.endswith(found["unit"]) else value

    return _CERTAIN.sub(named, wish, count=1)


def is_served(wish: str, tools: Sequence[JsonObject], past: Sequence[Past], now: str) -> bool:
    """Say whether one of the tools is for what a wish asks to be done."""
    found = find_call(tools, wish, past, now)
    return found.reading is not None and (found.score >= _FITS or names_deed(wish, found.reading))
