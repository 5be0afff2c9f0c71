"""Units as written after a number, by what they measure: 12 kg is not 12 tonnes, 12lightyears no number at all."""

from __future__ import annotations

import re
from functools import lru_cache

from synthtools_stream.records.tool import Parameter

__all__ = ["is_unit", "unit_of", "unit_problem"]

_UNITS = {
    "length": "mm millimetre millimeter|cm centimetre centimeter|m metre meter|km kilometre kilometer|ft foot feet|inch"
    "|mi mile|yd yard|nm",
    "mass": "mg milligram|g gram|kg kilogram kilo|t tonne ton|lb lbs pound|oz ounce",
    "time": "ms millisecond|s sec second|min minute|h hr hour|d day|night|wk week|month|yr year",
    "volume": "ml millilitre milliliter|cl|l litre liter|m3|gal gallon",
    "energy": "wh|kwh|mwh|j|kj|kcal|cal",
    "power": "w watt|kw kilowatt|mw megawatt|kva",
    "electricity": "v volt|kv|amp ampere|ma|ah|mah",
    "frequency": "hz|khz|mhz|ghz|rpm|bpm",
    "memory": "b|kb|mb|gb|tb",
    "pressure": "pa|kpa|bar|mbar|psi",
    "angle": "deg degree °",
    "area": "m2|ha hectare|km2|acre",
    "money": "eur euro €|usd dollar $|gbp £|chf|nok|sek|dkk|pln|jpy|cad|aud",
    "share": "% pct percent",
    "speed": "kmh km/h|kn knot kt|mph",
    "count": "x|pcs pc piece|pax|ppm|ppb|iu|lx|lm|db|k|c|f|n|dpi|px|u",
}
_MIXED = frozenset({"electricity", "count"})
"""Kinds whose units do not measure the same."""
_KNOWN = {
    word: (kind, group.split()[0])
    for kind, groups in _UNITS.items()
    for group in groups.split("|")
    for word in group.split()
}
_IN = re.compile(r"(?:,|\() ?in ([A-Za-z%°€$£][\w%°/]*)")
_NEXT = re.compile(r"[ \u00a0\u202f-]?([A-Za-z%°€$£][A-Za-z0-9%°/]*)")


def is_unit(word: str) -> bool:
    """Say whether a word that is written onto a number is a unit."""
    return _known(word) is not None


def unit_of(text: str, end: int) -> str | None:
    """Return the word after a number that ends at `end`, if it is a unit."""
    found = _NEXT.match(text, end)
    return found[1] if found is not None and _known(found[1]) else None


def unit_problem(text: str, end: int, name: str, parameter: Parameter | None) -> str | None:
    """Return in what the unit said after a number differs from the one that the parameter states, if it does."""
    wanted = _stated(name, parameter.description if parameter is not None else "")
    said = unit_of(text, end)
    if wanted is None or said is None:
        return None
    ours, theirs = _known(said), _known(wanted)
    if ours is None or theirs is None or ours == theirs or ours[0] != theirs[0] or ours[0] in _MIXED:
        return None
    return f"it is said in {said}, and wanted in {wanted}"


def _known(word: str) -> tuple[str, str] | None:
    low = word.lower()
    return _KNOWN.get(low) or _KNOWN.get(low.removesuffix("s")) or _KNOWN.get(low.removesuffix("es"))


@lru_cache(maxsize=4096)
def _stated(name: str, description: str) -> str | None:
    """Return the unit in which a parameter is counted, as its description or else its name says."""
    found = _IN.search(description)
    if found is not None and _known(found[1]):
        return found[1]
    last = name.rpartition("_")[2]
    return last if "_" in name and len(last) > 1 and _known(last) else None
