"""Dates in prose."""

from __future__ import annotations

from datetime import date

import pytest

from synthtools_stream.proof.told.told_dates import told_dates

DAY = date(2026, 9, 3)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-09-03", "2026/09/03", "3 September 2026", "September 3, 2026", "the 3rd of Sept. 2026", "Sep 3rd"),
        *("Thursday, September 3", "03.09.2026", "3/9/2026", "9/3/2026", "3-Sep-2026"),
    ],
)
def test_a_day_in_any_order(text: str) -> None:
    """A day is known in every usual order, with its year or without."""
    (found,) = told_dates(f"It is due {text}, then.")
    assert found.may_be(DAY)
    assert not found.may_be(date(2026, 10, 4))


@pytest.mark.parametrize("text", ["3 September 2027", "September 4", "13/10/2026", "may 5 of them"])
def test_another_day(text: str) -> None:
    """Another day or year is another date."""
    assert not any(found.may_be(DAY) for found in told_dates(text))
