"""Numbers as written: 1200, 1,200, 1 200.50, -4, 12kg, twelve. Digits inside ids, dates and versions are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain

__all__ = ["NUMBER_WORDS", "find_number", "numbers_in"]

NUMBER_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
"""The word of each number from 0 on; larger ones are read in digits only, as style guides have them written."""
_START, _END = r"(?<![\w.,:/-])(?:-(?=\d))?", r"(?!\d|-\w|[.,:/]\d)"
_NUMBER = re.compile(rf"{_START}(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?{_END}")
_SPACED_NUMBER = re.compile(rf"{_START}\d{{1,3}}(?:[ \u00a0\u202f]\d{{3}})+(?:\.\d+)?{_END}")
_SEPARATOR = re.compile(r"[, \u00a0\u202f]")
_UNIT = re.compile(r"[^\W\d_]{1,12}")
_WORD_NUMBER = re.compile(rf"(?<![\w-])(?:{'|'.join(NUMBER_WORDS)})(?![\w-])", re.IGNORECASE)
_MAX_NUMBER = 40
"""Characters of a number that is read: a Decimal of hostile length would cost time, and no value is that long."""


def numbers_in(text: str) -> Iterator[str]:
    """Yield the numbers of a text as they stand there; digits of ids and ISO dates are no numbers."""
    return (match[0] for match in _NUMBER.finditer(text))


def find_number(text: str, value: Decimal) -> tuple[str, str] | None:
    """Return the words that say a number, and the unit that is written onto them (12kg is one word)."""
    if text.isdecimal() and text == str(value) and len(text) <= _MAX_NUMBER:
        return text, ""
    for match in chain(_NUMBER.finditer(text), _SPACED_NUMBER.finditer(text)):
        if len(match[0]) <= _MAX_NUMBER and Decimal(_SEPARATOR.sub("", match[0])) == value:
            unit = _UNIT.match(text, match.end())
            return match[0], unit[0] if unit is not None else ""
    if value == value.to_integral_value() and 0 <= value < len(NUMBER_WORDS):
        for match in _WORD_NUMBER.finditer(text):
            if match[0].lower() == NUMBER_WORDS[int(value)]:
                return match[0], ""
    return None
