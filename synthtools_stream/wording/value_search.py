"""Find a value in what somebody wrote: verbatim, or as a number, date, yes or no in one of its common forms.

Used for both ends of a task: an argument must stand in a user's turn, an answer in the agent's closing message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.whole_words import find_word, lowered

__all__ = ["Quoted", "find_value", "is_date", "is_said", "numbers_in", "parse_date", "shifted"]

_NUMBER_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_START, _END = r"(?<![\w.,:/-])(?:-(?=\d))?", r"(?!\d|-\w|[.,:/]\d)"
_NUMBER = re.compile(rf"{_START}(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?{_END}")
_SPACED_NUMBER = re.compile(rf"{_START}\d{{1,3}}(?:[ \u00a0\u202f]\d{{3}})+(?:\.\d+)?{_END}")
_SEPARATOR = re.compile(r"[, \u00a0\u202f]")
_UNIT = re.compile(r"[^\W\d_]{1,12}")
_WORD_NUMBER = re.compile(rf"(?<![\w-])(?:{'|'.join(_NUMBER_WORDS)})(?![\w-])", re.IGNORECASE)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?\Z")
_HYPHENS = re.compile(r"[_\-]+")
_MAX_NUMBER = 40


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


_YES = re.compile(r"\b(?:yes|true|is|are|was|were|has|have|will|can|does|do)\b(?! (?:not|no)\b|n['’]t)", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|not|false|never|none|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\b(?:no|not|none|null|nothing|nobody|never|empty|unset|unassigned|un\w+ed)\b|n['’]t\b", re.IGNORECASE
)


def numbers_in(text: str) -> Iterator[str]:
    """Yield the numbers of a text as they stand there; digits of ids and ISO dates are no numbers."""
    return (match[0] for match in _NUMBER.finditer(text))


def is_date(value: Json) -> bool:
    """Say whether a value is an ISO date or moment."""
    return isinstance(value, str) and parse_date(value) is not None


def parse_date(text: str) -> datetime | None:
    """Read an ISO date or moment."""
    if not _ISO.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _find_text(text: str, value: str, now: str | None) -> Quoted | None:
    if not value.strip():
        return None
    if value == text:
        return Quoted(value)
    if value in text and (said := find_word(text, value)):
        return Quoted(said)
    if said := find_word(text, value, any_case=True):
        return Quoted(said, "case")
    moment = parse_date(value)
    if moment is not None:
        return _find_date(text, moment, "T" in value, now)
    if len(value) <= 80 and ("_" in value or "-" in value) and _may_be_spaced(value, text):
        found = _spaced(value).search(text)
        return Quoted(found[0], "words") if found else None
    return None


def _may_be_spaced(value: str, text: str) -> bool:
    """Say whether all parts of a value stand in a text at all: most do not, and need no pattern."""
    low = lowered(text, value)
    return low is None or all(part in low[0] for part in _HYPHENS.split(low[1]))


@lru_cache(maxsize=4096)
def _spaced(value: str) -> re.Pattern[str]:
    parts = [re.escape(part) for part in _HYPHENS.split(value) if part]
    return re.compile(rf"(?<!\w)(?<!\w-){r'[ _-]+'.join(parts)}(?!\w|-\w)" if parts else r"(?!)", re.IGNORECASE)


def _find_number(text: str, value: Decimal) -> Quoted | None:
    if text.isdecimal() and text == str(value) and len(text) <= _MAX_NUMBER:
        return Quoted(text)
    for match in chain(_NUMBER.finditer(text), _SPACED_NUMBER.finditer(text)):
        if len(match[0]) <= _MAX_NUMBER and Decimal(_SEPARATOR.sub("", match[0])) == value:
            unit = _UNIT.match(text, match.end())
            if unit is not None:  # 12kg is one word, and quoted as one
                return Quoted(match[0] + unit[0], "unit")
            return Quoted(match[0], None if match[0] == str(value) else "number")
    if value == value.to_integral_value() and 0 <= value < len(_NUMBER_WORDS):
        for match in _WORD_NUMBER.finditer(text):
            if match[0].lower() == _NUMBER_WORDS[int(value)]:
                return Quoted(match[0], "number")
    return None


def _find_date(text: str, moment: datetime, with_time: bool, now: str | None) -> Quoted | None:
    if str(moment.year) in text:  # as it does in all forms
        found = _date_pattern(moment.date(), moment.strftime("%H:%M:%S") if with_time else "").search(text)
        if found:
            return Quoted(found[0], "date")
    start = parse_date(now) if now and not with_time else None
    if start is None:
        return None
    days = (moment.date() - start.date()).days
    relative = _relative(days).search(text)
    return Quoted(relative[0], "relative_date") if relative else None


@lru_cache(maxsize=4096)
def _date_pattern(day: date, time: str) -> re.Pattern[str]:
    name = _MONTHS[day.month - 1]
    month = name if len(name) < 4 else rf"{name[:3]}(?:{name[3:]}|{'t' if day.month == 9 else ''}\.?)"
    number = rf"0?{day.day}(?:st|nd|rd|th)?"
    forms = [
        day.isoformat(),
        rf"{number}(?: of)? {month},? {day.year}",
        rf"{month} {number},? {day.year}",
        rf"{day.year:04d}/{day.month:02d}/{day.day:02d}",
    ]
    pattern = rf"(?<![\w-])(?:{'|'.join(forms)})"
    if not time:
        return re.compile(pattern + r"(?!\w|-\w)", re.IGNORECASE)
    spoken = _clock(time)
    before = rf"{spoken}(?:,| on| of)? (?:{'|'.join(forms)})"
    return re.compile(rf"{pattern}(?:T|,? (?:at )?){spoken}(?!\w)|(?<![\w:]){before}(?!\w|-\w)", re.IGNORECASE)


def _clock(time: str) -> str:
    """Return the pattern of a time of day: 15:00, 3:00 PM, 3 p.m., noon."""
    hour, minute, second = time.split(":")
    seconds = f":{second}" if second != "00" else r"(?::00)?"
    half = rf"{'p' if int(hour) >= 12 else 'a'}(?:m\b|\.m\b\.?)"
    forms = [
        rf"0?{int(hour)}:{minute}{seconds}(?!\d| ?[ap]\.?m\b)",
        rf"0?{int(hour) % 12 or 12}:{minute}{seconds} ?{half}",
    ]
    if (minute, second) == ("00", "00"):
        forms.append({"00": "midnight", "12": "noon"}.get(hour, rf"{int(hour) % 12} ?{half}"))
    return rf"(?:{'|'.join(forms)})"


@lru_cache(maxsize=512)
def _relative(days: int) -> re.Pattern[str]:
    words = {-1: "yesterday", 0: "today", 1: "tomorrow", 2: "the day after tomorrow"}
    forms = [words[days]] if days in words else []
    if days > 0:
        count = rf"(?:{days}|{_NUMBER_WORDS[days]})" if days < len(_NUMBER_WORDS) else str(days)
        forms.append(rf"in {count} days?|{count} days? from (?:now|today)")
    lookbehind = r"(?<!day after )" if days == 1 else ""
    return re.compile(rf"{lookbehind}\b(?:{'|'.join(forms)})\b" if forms else r"(?!)", re.IGNORECASE)


def shifted(day: str, days: int) -> str | None:
    """Return an ISO date that many days later, in the form it was given."""
    moment = parse_date(day)
    if moment is None or abs(days) > 36_525:
        return None
    try:
        later = moment + timedelta(days=days)
    except OverflowError:
        return None
    return later.isoformat() if "T" in day else later.date().isoformat()
