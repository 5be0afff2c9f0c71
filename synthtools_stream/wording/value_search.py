"""Find a value in what somebody wrote: verbatim, or as a number, date or time in one of its common forms.

An argument must stand so in a user's turn. Whether a closing message tells an answer is more than that (`proof/told`).
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.clocks import find_clock, parse_clock
from synthtools_stream.wording.dates import find_date, parse_date
from synthtools_stream.wording.numbers import find_number
from synthtools_stream.wording.relative_dates import find_relative_date
from synthtools_stream.wording.whole_words import find_word, lowered

__all__ = ["Quoted", "find_value"]

_HYPHENS = re.compile(r"[_\-]+")
_MAX_NAME = 80
"""Characters of a value that may be said with spaces for its hyphens: names of states are short, texts are quoted."""


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
