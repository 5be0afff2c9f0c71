"""Dates of a message in any usual order, with or without a year: Sep 3rd, 3 September 2026, 03.09.2026, 9/3/2026.

Numbers with slashes or points are read both ways where both are dates: people write either, and rows do not say which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

__all__ = ["ToldDate", "told_dates"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<{0}>\d{{1,2}})(?:st|nd|rd|th)?"
_DATE = re.compile(
    r"(?<![\w./-])(?:"
    r"(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?=\b|T)"
    rf"|{_DAY.format('d2')}(?: of|-)? ?{_NAME.format('n2')}(?:,? ?-?(?P<y2>\d{{4}})\b)?"
    rf"|{_NAME.format('n3')} (?:the )?{_DAY.format('d3')}\b(?:,? (?P<y3>\d{{4}})\b)?"
    r"|(?P<a4>\d{1,2})(?P<s4>[./-])(?P<b4>\d{1,2})(?P=s4)(?P<y4>\d{4})\b"
    r")",
    re.IGNORECASE,
)


class ToldDate(NamedTuple):
    """A date in a message; `days` are its readings as (year or None, month, day)."""

    start: int
    end: int
    days: tuple[tuple[int | None, int, int], ...]

    def may_be(self, day: date) -> bool:
        """Say whether this is how somebody would write a day."""
        return any(m == day.month and d == day.day and y in (None, day.year) for y, m, d in self.days)


def told_dates(text: str) -> Iterator[ToldDate]:
    """Yield the dates of a plain text."""
    for found in _DATE.finditer(text):
        days = tuple(day for day in _days(found) if 1 <= day[1] <= 12 and 1 <= day[2] <= 31)
        if days:
            yield ToldDate(found.start(), found.end(), days)


def _days(found: re.Match[str]) -> Iterator[tuple[int | None, int, int]]:
    if found["y1"]:
        yield int(found["y1"]), int(found["m1"]), int(found["d1"])
    elif found["n2"]:
        yield int(found["y2"]) if found["y2"] else None, _month(found["n2"]), int(found["d2"])
    elif found["n3"]:
        yield int(found["y3"]) if found["y3"] else None, _month(found["n3"]), int(found["d3"])
    else:
        year, first, second = int(found["y4"]), int(found["a4"]), int(found["b4"])
        yield year, second, first
        if first != second:
            yield year, first, second


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
