"""Dates by their distance from today: tomorrow, in 3 weeks, next Tuesday, the first of next month.

Only what everybody counts alike is one. "Next Tuesday" is the coming one to some and that of the next week to others:
it is read where both are the same day. A week begins on Sunday for some and on Monday for others: on a Sunday, or for
one, nobody knows what "next week" is.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.wording.numbers import NUMBER_WORDS

__all__ = ["WEEKDAYS", "RelativeDate", "find_relative_date", "relative_dates_in"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SUNDAY = len(WEEKDAYS) - 1
_WEEK = len(WEEKDAYS)
_MAX_DAYS = 36_525
"""Days ahead that are read: a hundred years, which no task goes beyond."""


class RelativeDate(NamedTuple):
    """A date that a text says by its distance from today, and where."""

    day: date
    start: int
    end: int


def find_relative_date(text: str, day: date, today: date) -> str | None:
    """Return the words that say a date by its distance from today."""
    return next((text[found.start : found.end] for found in relative_dates_in(text, today) if found.day == day), None)


@lru_cache(maxsize=1024)
def relative_dates_in(text: str, today: date) -> tuple[RelativeDate, ...]:
    """Return the dates that a text says by their distance from today, each in as many words as it takes."""
    found: list[RelativeDate] = []
    taken: list[tuple[int, int]] = []
    for pattern, reader in _FORMS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            try:
                day = reader(match, today)
            except (ValueError, OverflowError):
                day = None
            if day is not None:
                found.append(RelativeDate(day, *match.span()))
    return tuple(sorted(found, key=lambda one: one.start))


def _named(match: re.Match[str], today: date) -> date:
    shift = {"yesterday": -1, "today": 0, "tomorrow": 1, "the day after tomorrow": 2}[match[0].lower()]
    return today + timedelta(days=shift)


def _counted(match: re.Match[str], today: date) -> date | None:
    word = match["n"].lower()
    count = 1 if word in ("a", "an") else NUMBER_WORDS.index(word) if word in NUMBER_WORDS else int(word)
    unit = match["unit"].lower()
    days = count * (14 if unit.startswith("fortnight") else _WEEK if unit.startswith("week") else 1)
    if not 0 < days <= _MAX_DAYS:
        return None
    start = today + timedelta(days=1) if (match.groupdict().get("base") or "").lower() == "tomorrow" else today
    return start + timedelta(days=days)


def _weekday(match: re.Match[str]) -> int:
    return next(place for place, name in enumerate(WEEKDAYS) if name.lower() == match["weekday"].lower())


def _ahead(match: re.Match[str], today: date) -> int:
    """Return in how many days the weekday comes: 1 to 7."""
    return (_weekday(match) - today.weekday() - 1) % _WEEK + 1


def _next_weekday(match: re.Match[str], today: date) -> date | None:
    """The coming one, where that lies in the next week: then it is "next" for everybody."""
    ahead = _ahead(match, today)
    if today.weekday() == _SUNDAY or _weekday(match) == _SUNDAY or ahead + today.weekday() < _WEEK:
        return None
    return today + timedelta(days=ahead)


def _coming_weekday(match: re.Match[str], today: date) -> date | None:
    ahead = _ahead(match, today)
    return today + timedelta(days=ahead) if ahead < _WEEK else None


def _weekday_of_week(match: re.Match[str], today: date) -> date | None:
    """The weekday of the week after this one."""
    if today.weekday() == _SUNDAY or _weekday(match) == _SUNDAY:
        return None
    return today + timedelta(days=_WEEK + _weekday(match) - today.weekday())


def _month_day(match: re.Match[str], today: date) -> date:
    """A day of this month, or of the next one."""
    named = match["day"].lower()
    later = match["month"].lower() != "this"
    year, month = (today.year + today.month // 12, today.month % 12 + 1) if later else (today.year, today.month)
    if named in ("last day", "end"):
        return date(year, month, monthrange(year, month)[1])
    return date(year, month, 1 if named in ("first", "first day") else int(named.rstrip("dhnrst")))


_NAMES = "|".join(WEEKDAYS)
_N = rf"(?P<n>\d{{1,5}}|{'|'.join(NUMBER_WORDS[1:])}|an?)"
_UNIT = r"(?P<unit>days?|weeks?|fortnights?)"
_BEFORE = r"(?<![\w-])"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]], ...] = tuple(
    (re.compile(_BEFORE + words + r"(?![\w-])", re.IGNORECASE), reader)
    for words, reader in (
        (rf"{_N} {_UNIT} from (?P<base>now|today|tomorrow)", _counted),
        (rf"in {_N} {_UNIT}(?! (?:after|before|from|of|later|earlier))(?:['’] time)?", _counted),
        (rf"(?P<weekday>{_NAMES}) (?:of )?next week", _weekday_of_week),
        (rf"next week['’]s? (?P<weekday>{_NAMES})", _weekday_of_week),
        (rf"next (?P<weekday>{_NAMES})", _next_weekday),
        (rf"(?:this|the) coming (?P<weekday>{_NAMES})", _coming_weekday),
        (
            r"the (?P<day>first day|first|last day|end|\d{1,2}(?:st|nd|rd|th)) of (?P<month>this|next) month",
            _month_day,
        ),
        (r"the day after tomorrow", _named),
        (r"yesterday|today|tomorrow", _named),
    )
)
"""The forms, the longer ones first: what one has read is not read again as part of another."""
