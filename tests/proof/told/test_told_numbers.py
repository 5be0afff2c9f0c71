"""Numbers in prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.proof.told.message_text import plain
from synthtools_stream.proof.told.number_words import worded_number
from synthtools_stream.proof.told.told_numbers import told_numbers


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("41'970", (41970,), None),
        ("41\u202f970", (41970,), None),
        ("41,970.5", (41970.5,), None),
        ("41.970,5", (41970.5,), None),
        ("1.234", (1.234, 1234), None),
        ("3,5", (3.5,), None),
        ("\u22124", (-4,), None),
        ("EUR31", (31,), "EUR"),
        ("31 €", (31,), "EUR"),
        ("31-minute", (31,), "min"),
        ("31 m²", (31,), "m2"),
        ("ninety-nine", (99,), None),
        ("a dozen", (12,), None),
        ("1.2 million", (1_200_000,), None),
        ("1e-05", (1e-05,), None),
    ],
)
def test_numbers_are_read(text: str, values: tuple[float, ...], unit: str | None) -> None:
    """Each way to write a number gives its readings, the English one first, and the unit beside it."""
    (found,) = told_numbers(plain(f"It is {text}."))
    assert (found.values, found.unit) == (values, unit)


@pytest.mark.parametrize("text", ["BK-2041", "3rd", "1_50", "v1.2.3", "the first one", "1. this\n2. that", "12:30"])
def test_other_digits_are_no_numbers(text: str) -> None:
    """Digits of ids, ordinals, clocks and lists count nothing."""
    assert list(told_numbers(text)) == []


@given(st.integers(0, 10**9))
def test_grouped_numbers_are_the_same(number: int) -> None:
    """However its digits are grouped, a number stays what it is."""
    for mark in (",", "'", "\u2009", "\u202f", "\u00a0"):
        (found,) = told_numbers(plain(f"{number:,}".replace(",", mark)))
        assert found.values[0] == number


@pytest.mark.parametrize(
    ("words", "number"), [("one hundred and five", 105), ("two thousand", 2000), ("five six", None)]
)
def test_words_are_numbers(words: str, number: int | None) -> None:
    """Words that follow each other as in a number are one."""
    assert worded_number(words) == number


def test_words_without_end_are_no_number() -> None:
    """A model that says "one hundred and" for ever says no number, and breaks nothing."""
    assert not list(told_numbers("one hundred and " * 200 + "one"))
