"""A number's unit against the one that its parameter states: 12 kg is not 12 tonnes, 12lightyears no number at all."""

from __future__ import annotations

import re

from synthtools_stream.records.tool import Parameter
from synthtools_stream.wording.unit_table import stated_unit, unit_named

__all__ = ["is_unit", "unit_of", "unit_problem"]

_FANCIFUL = frozenset({"ly", "furlong"})
"""Units in which no task counts: a number with one written onto it was made up."""
_NEXT = re.compile(r"[ \u00a0\u202f-]?([A-Za-z%°€$£][A-Za-z0-9%°/]*)")


def is_unit(word: str) -> bool:
    """Say whether a word that is written onto a number is a unit."""
    unit = unit_named(word)
    return unit is not None and unit.name not in _FANCIFUL


def unit_of(text: str, end: int) -> str | None:
    """Return the word after a number that ends at `end`, if it is a unit."""
    found = _NEXT.match(text, end)
    return found[1] if found is not None and is_unit(found[1]) else None


def unit_problem(text: str, end: int, name: str, parameter: Parameter | None) -> str | None:
    """Return in what the unit said after a number differs from the one that the parameter states, if it does."""
    wanted = stated_unit(name, parameter.description if parameter is not None else "")
    said = unit_of(text, end)
    ours = unit_named(said) if said is not None else None
    if wanted is None or ours is None or ours is wanted or not ours.family or ours.family != wanted.family:
        return None
    return f"it is said in {said}, and wanted in {wanted.name}"
