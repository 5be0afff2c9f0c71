"""Dates by their distance from today: read where everybody counts alike, and not where two readings differ."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.wording.relative_dates import WEEKDAYS, find_relative_date, relative_dates_in

WEDNESDAY = date(2026, 3, 11)
SUNDAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("words", "today", "day"),
    [
        ("tomorrow", WEDNESDAY, date(2026, 3, 12)),
        ("the day after tomorrow", WEDNESDAY, date(2026, 3, 13)),
        ("in 3 days", WEDNESDAY, date(2026, 3, 14)),
        ("in two weeks", WEDNESDAY, date(2026, 3, 25)),
        ("in a fortnight", WEDNESDAY, date(2026, 3, 25)),
        ("a week from tomorrow", WEDNESDAY, date(2026, 3, 19)),
        ("next Tuesday", WEDNESDAY, date(2026, 3, 17)),
        ("this coming Friday", WEDNESDAY, date(2026, 3, 13)),
        ("Friday next week", WEDNESDAY, date(2026, 3, 20)),
        ("Monday of next week", WEDNESDAY, date(2026, 3, 16)),
        ("the first of next month", WEDNESDAY, date(2026, 4, 1)),
        ("the 15th of next month", date(2026, 12, 30), date(2027, 1, 15)),
        ("the last day of this month", date(2028, 2, 3), date(2028, 2, 29)),
        ("next Friday", WEDNESDAY, None),
        ("next Tuesday", SUNDAY, None),
        ("next Sunday", WEDNESDAY, None),
        ("Tuesday next week", SUNDAY, None),
        ("this coming Wednesday", WEDNESDAY, None),
        ("the 31st of next month", WEDNESDAY, None),
        ("in 99999 days", WEDNESDAY, None),
        ("in 2 days after it ends", WEDNESDAY, None),
    ],
)
def test_words_say_one_day(words: str, today: date, day: date | None) -> None:
    """The day that the words say, or none where not everybody would take them for it."""
    found = [one.day for one in relative_dates_in(f"Move it to {words}, please.", today)]
    assert found == ([day] if day is not None else [])


def test_longest_words_count() -> None:
    """What belongs to longer words is not read on its own."""
    assert find_relative_date("the day after tomorrow", date(2026, 3, 12), WEDNESDAY) is None
    assert find_relative_date("the day after tomorrow", date(2026, 3, 13), WEDNESDAY) == "the day after tomorrow"


@given(today=st.dates(date(2025, 1, 1), date(2027, 12, 31)), weekday=st.sampled_from(WEEKDAYS))
def test_next_weekday_is_next_for_everybody(today: date, weekday: str) -> None:
    """Where "next Tuesday" is read, the coming one is also the one of the next week."""
    for found in relative_dates_in(f"next {weekday}", today):
        assert WEEKDAYS[found.day.weekday()] == weekday
        assert 0 < (found.day - today).days <= 7
        monday = today - timedelta(days=today.weekday())
        assert 7 <= (found.day - monday).days < 14
