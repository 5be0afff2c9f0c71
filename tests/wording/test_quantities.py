"""Amounts with their unit, as people say them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.wording.quantities import quantities_in, quantity_of
from synthtools_stream.wording.unit_table import UNITS, converted_amount, stated_unit, unit_named


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lift two and a half tonnes of it", [("2.5", "t", "two and a half tonnes")]),
        ("90 minutes", [("90", "min", "90 minutes")]),
        ("half an hour", [("0.5", "h", "half an hour")]),
        ("a quarter of an hour", [("0.25", "h", "a quarter of an hour")]),
        ("an hour and a half", [("1.5", "h", "an hour and a half")]),
        ("1 hour and 30 minutes", [("90", "min", "1 hour and 30 minutes")]),
        ("6 hours and 7 hours", [("6", "h", "6 hours"), ("7", "h", "7 hours")]),
        ("1,200 kg and 2.5t", [("1200", "kg", "1,200 kg"), ("2.5", "t", "2.5t")]),
        ("three tons, 2 months and 12 EUR", []),
        ("do it at once", []),
        ("BK-12 kg", []),
    ],
)
def test_amounts_are_read(text: str, found: list[tuple[str, str, str]]) -> None:
    """Each as long as it goes; what is of another size for others is none."""
    assert [(str(one.amount), one.unit.name, text[one.start : one.end]) for one in quantities_in(text)] == found


def test_part_of_an_amount_is_none() -> None:
    """A quote must be the whole of it."""
    assert quantity_of("lift two and a half tonnes", "two and a half tonnes") is not None
    assert quantity_of("lift two and a half tonnes", "half tonnes") is None
    assert quantity_of("12 kg", "2 kg") is None


def test_one_table_has_each_spelling_once() -> None:
    """No spelling belongs to two units, and what measures alike can be counted in each other."""
    spellings = [word for unit in UNITS for word in (*unit.spellings, *unit.after_numbers)]
    assert len(spellings) == len(set(spellings))
    hour, minute, euro = unit_named("hours"), unit_named("min"), unit_named("EUR")
    assert hour is not None
    assert minute is not None
    assert euro is not None
    assert converted_amount(Decimal("1.5"), hour, minute) == 90
    assert converted_amount(Decimal(1), hour, euro) is None


@pytest.mark.parametrize(
    ("name", "description", "unit"),
    [
        ("mass", "Mass, in kg.", "kg"),
        ("mass", "Mass (kg).", "kg"),
        ("mass", "Mass in kilograms.", "kg"),
        ("duration_minutes", "How long.", "min"),
        ("seats", "Number of seats in total.", None),
        ("day", "The day(s) wanted.", None),
    ],
)
def test_parameters_state_their_unit(name: str, description: str, unit: str | None) -> None:
    """In the description, else at the end of the name."""
    found = stated_unit(name, description)
    assert (found.name if found is not None else None) == unit


@given(
    st.decimals(Decimal("0.01"), Decimal(10000), places=2),
    st.sampled_from([unit for unit in UNITS if unit.size is not None and unit.spellings]),
)
def test_written_amount_is_read(amount: Decimal, unit: object) -> None:
    """Digits and any spelling of a unit that has a size, but those that are read in two ways."""
    assert hasattr(unit, "spellings")
    for spelling in getattr(unit, "spellings", ()):
        for found in quantities_in(f"{amount:f} {spelling}"):
            assert (found.amount, found.unit) == (amount, unit)
