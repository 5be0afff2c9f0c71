"""Dates and moments as written: 2026-03-16, 16 March 2026, March 16th, 2026 at 3:00 PM.

A written date names its year: without one nobody knows which year is meant. `03/04/2026` is none either, since half of
the world reads it as 3 April; `2026/04/03` is.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.clocks import clock_pattern

__all__ = ["MONTHS", "find_date", "is_date", "parse_date", "shifted"]

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?\Z")
_MAX_DAYS = 36_525
"""Days by which a date may be shifted: a hundred years, which no task goes beyond."""


def is_date(value: Json) -> bool:
    """Say whether a value is an ISO date or moment."""
    return isinstance(value, str) and parse_date(value) is not None


def parse_date(text: str) -> datetime | None:
    """Read an ISO date or moment; None of any other text."""
    if not _ISO.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def shifted(day: str, days: int) -> str | None:
    """Return an ISO date that many days later, in the form it was given."""
    moment = parse_date(day)
    if moment is None or abs(days) > _MAX_DAYS:
        return None
    try:
        later = moment + timedelta(days=days)
    except OverflowError:
        return None
    return later.isoformat() if "T" in day else later.date().isoformat()


def find_date(text: str, moment: datetime, *, with_time: bool) -> str | None:
    """Return the words that say a date; `with_time`, those that say its time of day, too."""
    if str(moment.year) not in text:  # as it is in all forms
        return None
    found = _written(moment.date(), moment.time() if with_time else None).search(text)
    return found[0] if found else None


@lru_cache(maxsize=4096)
def _written(day: date, clock: time | None) -> re.Pattern[str]:
    name = MONTHS[day.month - 1]
    month = name if len(name) < 4 else rf"{name[:3]}(?:{name[3:]}|{'t?' if day.month == 9 else ''}\.?)"
    number = rf"0?{day.day}(?:st|nd|rd|th)?"
    forms = [
        day.isoformat(),
        rf"{number}(?: of)? {month},? {day.year}",
        rf"{month} {number},? {day.year}",
        rf"{day.year:04d}/{day.month:02d}/{day.day:02d}",
    ]
    pattern = rf"(?<![\w-])(?:{'|'.join(forms)})"
    if clock is None:
        return re.compile(pattern + r"(?!\w|-\w)", re.IGNORECASE)
    spoken = clock_pattern(clock)
    before = rf"{spoken}(?:,| on| of)? (?:{'|'.join(forms)})"
    return re.compile(rf"{pattern}(?:T|,? (?:at )?){spoken}(?!\w)|(?<![\w:]){before}(?!\w|-\w)", re.IGNORECASE)
