"""Amounts with their unit as people say them: 90 minutes, two and a half tonnes, half an hour, 1 hour 30 minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.wording.numbers import NUMBER_WORDS
from synthtools_stream.wording.unit_table import Unit, converted_amount, is_convertible, unit_named

__all__ = ["Quantity", "quantities_in", "quantity_of"]

_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "three quarters": Decimal("0.75")}
_WORD = r"(?<![\w.,:/-])"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,12}(?:\.\d{1,6})?"
_COUNT = rf"(?P<count>{_DIGITS}|{'|'.join(NUMBER_WORDS[1:])}|an?)"
_AND = r"(?: and (?:(?:a|one) )?(?P<part>half|quarter|three quarters))?"
_FORM = re.compile(
    rf"{_WORD}(?:(?:(?P<share>half|(?:a )?quarter of|three quarters of)(?: an?)?|{_COUNT}{_AND})(?:[ \u00a0-]|(?<=\d))"
    r"(?P<unit>[A-Za-zµμ°%][A-Za-z0-9/²³]*)(?: and a (?P<rest>half|quarter))?)(?![\w-])",
    re.IGNORECASE,
)
_JOINT = re.compile(r" (?:and )?")


class Quantity(NamedTuple):
    """An amount with a unit, and where it stands."""

    amount: Decimal
    unit: Unit
    start: int
    end: int

    def counted_in(self, wanted: Unit) -> Decimal | None:
        """Return how many of another unit it is; None where nobody can say."""
        return converted_amount(self.amount, self.unit, wanted)


@lru_cache(maxsize=1024)
def quantities_in(text: str) -> tuple[Quantity, ...]:
    """Return the quantities of a text, each as long as it goes, whose unit is of one size for everybody."""
    return tuple(_joined(text, list(_single(text))))


def quantity_of(text: str, quote: str) -> Quantity | None:
    """Return the quantity of a text whose words are exactly these; None where they are no whole one."""
    return next((found for found in quantities_in(text) if text[found.start : found.end] == quote), None)


def _single(text: str) -> Iterator[Quantity]:
    for found in _FORM.finditer(text):
        unit = unit_named(found["unit"])
        if unit is None or not is_convertible(found["unit"]):
            continue
        yield Quantity(_amount(found), unit, found.start(), found.end())


def _amount(found: re.Match[str]) -> Decimal:
    if found["share"]:
        amount = _PARTS[found["share"].lower().removeprefix("a ").removesuffix(" of")]
    else:
        count = found["count"].lower()
        words = 1 if count in ("a", "an") else NUMBER_WORDS.index(count) if count in NUMBER_WORDS else None
        amount = Decimal(count.replace(",", "")) if words is None else Decimal(words)
    parts = [part.lower() for part in (found["part"], found["rest"]) if part]
    return amount + sum((_PARTS[part] for part in parts), Decimal(0))


def _joined(text: str, single: list[Quantity]) -> Iterator[Quantity]:
    """Yield hours with the minutes behind them as one: smaller parts of the same are counted together."""
    place = 0
    while place < len(single):
        found = single[place]
        following = single[place + 1] if place + 1 < len(single) else None
        if following is not None and _goes_on(text, found, following):
            whole = found.counted_in(following.unit)
            if whole is not None:
                found = Quantity(whole + following.amount, following.unit, found.start, following.end)
                place += 1
        yield found
        place += 1


def _goes_on(text: str, one: Quantity, other: Quantity) -> bool:
    if one.unit.family != other.unit.family or _JOINT.fullmatch(text[one.end : other.start]) is None:
        return False
    larger = one.counted_in(other.unit)
    return larger is not None and one.unit is not other.unit and other.amount < larger / one.amount
