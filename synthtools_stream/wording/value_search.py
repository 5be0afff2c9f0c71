"""Find a value in what somebody wrote: verbatim, or as a number, date, time, yes or no in one of its common forms.

Used for both ends of a task: an argument must stand in a user's turn, an answer in the agent's closing message.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.clocks import find_clock, parse_clock
from synthtools_stream.wording.dates import find_date, find_relative_date, parse_date
from synthtools_stream.wording.numbers import find_number
from synthtools_stream.wording.whole_words import find_word, lowered

__all__ = ["Quoted", "find_value", "is_said"]

_HYPHENS = re.compile(r"[_\-]+")
_MAX_NAME = 80
"""Characters of a value that may be said with spaces for its hyphens: names of states are short, texts are quoted."""
_YES = re.compile(r"\b(?:yes|true|is|are|was|were|has|have|will|can|does|do)\b(?! (?:not|no)\b|n['’]t)", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|not|false|never|none|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\b(?:no|not|none|null|nothing|nobody|never|empty|unset|unassigned|un\w+ed)\b|n['’]t\b", re.IGNORECASE
)


class Quoted(NamedTuple):
    """The words that say a value, and what made the value of them (None: they are the value)."""

    quote: str
    normaliser: str | None = None


def find_value(text: str, value: Json, now: str | None = None) -> Quoted | None:
    """Return the words of `text` that say a scalar `value`; with `now`, "tomorrow" says a date too."""
    if isinstance(value, str):
        return _find_text(text, value, now)
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return None
    return _find_number(text, Decimal(repr(value)))


def is_said(text: str, value: Json) -> bool:
    """Say whether a message tells a value: every leaf of it, booleans as yes or no, null as nothing or none."""
    if isinstance(value, dict):
        return all(is_said(text, item) for item in value.values())
    if isinstance(value, list):
        return all(is_said(text, item) for item in value)
    if isinstance(value, bool):
        return _YES.search(text) is not None if value else _NO.search(text) is not None
    if value is None:
        return _NOTHING.search(text) is not None
    if isinstance(value, float) and find_value(text, value) is None:
        return find_value(text, round(value, 2)) is not None
    return find_value(text, value) is not None


def _find_text(text: str, value: str, now: str | None) -> Quoted | None:
    if not value.strip():
        return None
    if value == text:
        return Quoted(value)
    clock = parse_clock(value)
    if clock is not None:  # before the word as such: 9:30 stands in 9:30 PM, and is another time
        return _as_written(find_clock(text, value, clock), value, "clock")
    if value in text and (said := find_word(text, value)):
        return Quoted(said)
    if said := find_word(text, value, any_case=True):
        return Quoted(said, "case")
    moment = parse_date(value)
    if moment is not None:
        return _find_moment(text, moment, "T" in value, now)
    if len(value) <= _MAX_NAME and ("_" in value or "-" in value) and _may_be_spaced(value, text):
        found = _spaced(value).search(text)
        return Quoted(found[0], "words") if found else None
    return None


def _as_written(said: str | None, value: str, normaliser: str) -> Quoted | None:
    if said is None:
        return None
    if said == value:
        return Quoted(said)
    return Quoted(said, "case" if said.lower() == value.lower() else normaliser)


def _find_number(text: str, value: Decimal) -> Quoted | None:
    found = find_number(text, value)
    if found is None:
        return None
    words, unit = found
    if unit:
        return Quoted(words + unit, "unit")
    return Quoted(words, None if words == str(value) else "number")


def _find_moment(text: str, moment: datetime, with_time: bool, now: str | None) -> Quoted | None:
    if written := find_date(text, moment, with_time=with_time):
        return Quoted(written, "date")
    start = parse_date(now) if now and not with_time else None
    relative = find_relative_date(text, moment.date(), start.date()) if start is not None else None
    return Quoted(relative, "relative_date") if relative is not None else None


def _may_be_spaced(value: str, text: str) -> bool:
    """Say whether all parts of a value stand in a text at all: most do not, and need no pattern."""
    low = lowered(text, value)
    return low is None or all(part in low[0] for part in _HYPHENS.split(low[1]))


@lru_cache(maxsize=4096)
def _spaced(value: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in _HYPHENS.split(value) if part]
    return re.compile(rf"(?<!\w)(?<!\w-){r'[ _-]+'.join(parts)}(?!\w|-\w)" if parts else r"(?!)", re.IGNORECASE)
