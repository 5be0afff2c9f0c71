"""Units: those there are, and those that differ from what is wanted."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.grounded.units import is_unit, unit_problem
from synthtools_stream.records import Parameter


@pytest.mark.parametrize("word", ["kg", "KG", "EUR", "hours", "min", "mm", "kWh", "%", "bpm", "inches", "l"])
def test_there_are_units(word: str) -> None:
    """Short and long, one and many, in any case."""
    assert is_unit(word)


@pytest.mark.parametrize("word", ["lightyears", "th", "pm", "abc", "BK"])
def test_other_letters_are_none(word: str) -> None:
    """What is written onto a number need not be a unit."""
    assert not is_unit(word)


@pytest.mark.parametrize(
    ("text", "name", "description", "wrong"),
    [
        ("12 kg", "mass", "Mass, in kg.", False),
        ("12 tonnes", "mass", "Mass, in kg.", True),
        ("12kg", "mass_kg", "", False),
        ("12 USD", "amount", "Amount, in EUR.", True),
        ("12 of them", "mass", "Mass, in kg.", False),
        ("12 days", "mass", "Mass, in kg.", False),
        ("12 hours", "duration_minutes", "", True),
        ("12 minutes", "duration_minutes", "", False),
        ("12 kg", "mass", "Mass.", False),
        ("12 in all", "length", "Length (in mm).", False),
    ],
)
def test_another_unit_is_told(text: str, name: str, description: str, wrong: bool) -> None:
    """A unit that measures the same in another size; what measures something else is no unit of this value."""
    problem = unit_problem(text, 2, name, Parameter(type="float", description=description))
    assert (problem is not None) is wrong
