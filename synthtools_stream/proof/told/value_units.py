"""Units of measure and money as written, so that 31 hours are not taken for 31 minutes."""

from __future__ import annotations

import re
from functools import lru_cache

from synthtools_stream.wording.unit_table import UNITS

__all__ = ["MONEY", "spellings_of", "unit_of", "units_in"]

_KNOWN = {spelling: unit.name for unit in UNITS for spelling in unit.spellings}
_SPELLINGS = {unit.name: frozenset(unit.spellings) for unit in UNITS}
MONEY = frozenset(unit.name for unit in UNITS if unit.family == "money") - {"cent"}
"""Units of money: where a row does not say which, any may be told."""
_COMPOUND = re.compile(
    r"(per cent|(?:square|cubic) (?:kilo|centi)?met(?:re|er)s?|light years?|kilometres per hour|kilometers per hour"
    r"|nautical miles?|degrees? (?:celsius|fahrenheit)|beats per minute)\b",
    re.IGNORECASE,
)
_COMPOUNDS = (
    ("per cent", "%"),
    ("square kilo", "km2"),
    ("square met", "m2"),
    ("cubic met", "m3"),
    ("light", "ly"),
    ("kilomet", "km/h"),
    ("nautical", "nmi"),
    ("degrees fahrenheit", "F"),
    ("degree fahrenheit", "F"),
    ("degree", "C"),
    ("beats", "bpm"),
)
_WORD = re.compile(r"[€$£¥₹%°]|°?[^\W\d_]+(?:/[^\W\d_]+)?[23]?(?:-years?)?")


def unit_of(text: str) -> str | None:
    """Return the unit that a text opens with, by one name for all its spellings."""
    compound = _COMPOUND.match(text)
    if compound is not None:
        low = compound[1].lower()
        return next((unit for opening, unit in _COMPOUNDS if low.startswith(opening)), None)
    word = _WORD.match(text)
    if word is None:
        return None
    if word[0] in ("cM", "MW", "mW"):  # case tells them from cm and mw
        return word[0]
    return _KNOWN.get(word[0].lower())


@lru_cache(maxsize=4096)
def units_in(text: str) -> frozenset[str]:
    """Return all units of which a description or a key speaks."""
    return frozenset(
        unit
        for word in _WORD.finditer(text.replace("_", " "))
        if (unit := unit_of(text.replace("_", " ")[word.start() :]))
    )


def spellings_of(unit: str) -> frozenset[str]:
    """Return the words, in small letters, by which a unit is written."""
    return _SPELLINGS.get(unit, frozenset())
