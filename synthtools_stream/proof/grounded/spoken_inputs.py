"""Inputs of a formula that a user says in words of their own: a week, twice, two and a half tonnes.

Such words are no value of an argument: a day in "the day after" is a 1 only to the formula that adds days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from synthtools_stream.records.task import CONVERTED
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.quantities import quantity_of
from synthtools_stream.wording.unit_table import unit_named

__all__ = ["SPOKEN_FORMS", "SpokenInput", "spoken_input"]

_ONE_STEP = re.compile(r"the (?P<unit>day|week|fortnight)\Z", re.IGNORECASE)
_FROM_THERE = re.compile(r" (?:after|before|following|preceding|prior to)\b", re.IGNORECASE)
_MULTIPLES: Mapping[str, float] = MappingProxyType(
    {
        "twice": 2, "double": 2, "doubled": 2, "thrice": 3, "triple": 3, "tripled": 3,
        "half": 0.5, "halved": 0.5, "a quarter of": 0.25, "three quarters of": 0.75,
    }
)  # fmt: skip
_NO_MULTIPLE = re.compile(r"(?: an? \w+)", re.IGNORECASE)
"""What stands behind `half` where it is half an hour."""
SPOKEN_FORMS: Mapping[str, str] = MappingProxyType(
    {"add_days": "days", "subtract_days": "days", "product": "multiple", CONVERTED: "quantity"}
)
"""By formula: the normaliser of inputs that are said so."""


class SpokenInput(NamedTuple):
    """What such words say, and how they came to say it."""

    value: Json
    normaliser: str


def spoken_input(formula: str, quote: str, turn: str) -> SpokenInput | None:
    """Return what a quote says to a formula, where it stands in the turn as words of its own."""
    form = SPOKEN_FORMS.get(formula)
    if form is None or not quote:
        return None
    read = {"days": _days, "multiple": _multiple, "quantity": _quantity}[form]
    value = read(quote, turn)
    return SpokenInput(value, form) if value is not None else None


def _days(quote: str, turn: str) -> Json:
    day = unit_named("day")
    assert day is not None
    found = quantity_of(turn, quote)
    if found is not None:
        days = found.counted_in(day)
        return int(days) if days is not None and days == days.to_integral_value() else None
    step = _ONE_STEP.match(quote)
    unit = unit_named(step["unit"]) if step is not None else None
    if unit is None or unit.size is None or day.size is None or not _stands(quote, turn, followed_by=_FROM_THERE):
        return None
    return int(unit.size / day.size)


def _multiple(quote: str, turn: str) -> Json:
    value = _MULTIPLES.get(quote.lower())
    return value if value is not None and _stands(quote, turn, followed_by=None) else None


def _quantity(quote: str, turn: str) -> Json:
    found = quantity_of(turn, quote)
    return f"{found.amount.normalize():f} {found.unit.name}" if found is not None else None


def _stands(quote: str, turn: str, *, followed_by: re.Pattern[str] | None) -> bool:
    """Say whether a quote stands in a turn as words of its own, and no part of an amount."""
    for found in re.finditer(rf"(?<![\w-]){re.escape(quote)}(?![\w-])", turn):
        behind = turn[found.end() :]
        if followed_by is not None and followed_by.match(behind) is None:
            continue
        if followed_by is None and (_NO_MULTIPLE.match(behind) or turn[: found.start()].endswith("and a ")):
            continue
        return True
    return False
