"""Numbers of a message, wherever they stand: 41 970, 41'970, 41.970,5, EUR31, 31-minute, thirty-one, 1.2 million.

A number is read as English has it; where a point or comma groups or divides in other languages, also as those do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from synthtools_stream.proof.told.number_words import WORDED, worded_number
from synthtools_stream.proof.told.value_units import MONEY, unit_of

__all__ = ["ToldNumber", "told_numbers"]

_CODE = f"(?:{'|'.join(sorted(MONEY))})"
_DIGITS = re.compile(
    rf"(?P<money>[€$£¥₹] ?|(?<![A-Za-z]){_CODE} ?)?"
    rf"(?:(?<={_CODE})|(?<={_CODE} )|(?<=[€$£¥₹])|(?<=[€$£¥₹] )|(?<![\w.,])(?<!\d[:/-])(?<![A-Za-z]-)(?<!\w_))"
    r"(?P<minus>-|minus )?"
    r"(?P<digits>\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?"
    r"|\d+[.,]\d+|\d+)(?P<power>e[+-]?\d+)?"
    r"(?!\d|[.,]\d|:\d|_\w|-\d|-[A-Z]|(?:st|nd|rd|th)\b)"
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_POINTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "k": 1e3, "bn": 1e9}
_SCALE = re.compile(r" ?(thousand|million|billion|bn|k)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:the|this|that|which|each|every|any|no|first|second|third|next|last|latest|new|other|another|same|right"
    r"|former"
    r"|latter|cheapest|earliest|largest|smallest|oldest|newest) \Z",
    re.IGNORECASE,
)
_MAX_MARK = 2
"""Digits of a list's numbers."""
_MAX_DIGITS = 40
"""Characters of a number that is read: no value is longer, and reading hostile ones would cost time."""
_MAX_WORDED = 120
"""Characters of a number in words that is read: a hundred thousand and some is 80 long, one without end no number."""


class ToldNumber(NamedTuple):
    """A number in a message; `values` are its readings, the English one first."""

    start: int
    end: int
    values: tuple[float, ...]
    unit: str | None
    worded: bool = False


def told_numbers(text: str) -> Iterator[ToldNumber]:
    """Yield the numbers of a plain text; numbers of list items, and digits of ids, are none."""
    read_to = 0
    for found in _DIGITS.finditer(text):
        start, end = found.start("digits"), found.end()
        if len(found["digits"]) > _MAX_DIGITS or (found["digits"].isdigit() and _opens_item(text, start, end)):
            continue
        sign = -1 if found["minus"] else 1
        readings = [sign * value for value in _readings(found["digits"], found["power"] or "")]
        scale = _SCALE.match(text, end)
        if scale:
            readings, end = [value * _SCALES[scale[1].lower()] for value in readings], scale.end()
        read_to = max(read_to, end if scale else 0)
        unit = unit_of(found["money"].strip()) if found["money"] else None
        yield ToldNumber(found.start(), end, tuple(readings), unit or _unit_after(text, end))
    for found in WORDED.finditer(text):
        if found.start() < read_to and text[found.start() - 2 : found.start() - 1].isdigit():
            continue
        number = worded_number(found[0]) if len(found[0]) <= _MAX_WORDED else None
        if number is not None and not (number == 1 and _is_pronoun(text, found)):
            yield ToldNumber(found.start(), found.end(), (float(number),), _unit_after(text, found.end()), worded=True)


def _readings(digits: str, power: str) -> Iterator[float]:
    """Yield what digits say: in English first, then where points group and a comma divides."""
    digits = re.sub(r"[ ']", "", digits)
    if "," not in digits:
        if digits.count(".") < 2:
            yield float(digits + power)
        if _POINTED.fullmatch(digits):
            yield float(digits.replace(".", ""))
    elif _POINTED.fullmatch(digits.rpartition(",")[0]) and "." in digits and digits.rfind(",") > digits.rfind("."):
        yield float(digits.replace(".", "").replace(",", "."))
    elif digits.count(",") == 1 and "." not in digits:
        if _GROUPED.fullmatch(digits):
            yield float(digits.replace(",", ""))
        yield float(digits.replace(",", "."))
    else:
        yield float(digits.replace(",", ""))


def _opens_item(text: str, start: int, end: int) -> bool:
    """Say whether a number counts the items of a list: `1. ` begins a line, and `2. ` another."""
    if text[end : end + 2] not in (". ", ") ") or end - start > _MAX_MARK:
        return False
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():
        return False
    number = int(text[start:end])
    return any(re.search(rf"^[ ]*{other}[.)] ", text, re.MULTILINE) for other in (number - 1, number + 1))


def _unit_after(text: str, end: int) -> str | None:
    return unit_of(text[end + 1 : end + 40] if text[end : end + 1] in (" ", "-") else text[end : end + 40])


def _is_pronoun(text: str, found: re.Match[str]) -> bool:
    return (
        _PRONOUN.search(text, max(0, found.start() - 12), found.start()) is not None
        or text[found.end() : found.end() + 4] == " of "
        or found[0].lower() in ("a", "an")
    )
