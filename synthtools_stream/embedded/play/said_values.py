"""The values that a user's words hold: ids, dates, quoted text, numbers, names; each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from synthtools_stream.embedded.english import tokens
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.quantities import Quantity, quantities_in
from synthtools_stream.wording.relative_dates import RelativeDate, relative_dates_in
from synthtools_stream.wording.unit_table import unit_named

__all__ = ["Said", "SaidKind", "said_values"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",), ("june", "jun"),
            ("july", "jul"), ("august", "aug"), ("september", "sep", "sept"), ("october", "oct"), ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + ")"
_CLOCK = r"(?:,? (?:at |by |from )?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2})?)?"
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|(?<!\w)'([^']{2,})'(?!\w)")
_ISO = re.compile(r"\b(?P<day>\d{4}-\d{2}-\d{2})(?:(?:T| )(?P<time>\d{2}:\d{2}(?::\d{2})?)|" + _CLOCK + ")")
_DAY_MONTH = re.compile(
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m>{_MONTH})\b\.?(?:,? (?P<y>\d{{4}}))?{_CLOCK}", re.I
)
_MONTH_DAY = re.compile(rf"\b(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<y>\d{{4}}))?\b{_CLOCK}", re.I)
_RELATIVE = re.compile(r"\b(?P<word>today|tomorrow|yesterday)\b" + _CLOCK, re.I)
_ID = re.compile(r"(?<![\w-])(?:[A-Z][A-Za-z0-9]{0,9}-(?:[A-Z0-9]+-)*\d+[A-Z0-9]*|[A-Z]{2,}\d{2,})(?![\w-])")
_NUMBER = re.compile(
    r"(?<![\w.,-])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w])|(?<![\w.-])-?\d+(?:\.\d+)?(?!\w)|"
    r"(?<![\w.-])-?\d+(?:\.\d+)?(?=(?:ml|kg|km|cm|mm|h|g|t|m|l|%)\b)"
)
_WORDS = {
    word: str(n) for n, word in enumerate(tokens("two three four five six seven eight nine ten eleven twelve"), start=2)
}
_WORD_NUMBER = re.compile(r"\b(?:" + "|".join(_WORDS) + r")\b", re.I)
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+)*")


_ONE = re.compile(r"an? \w+", re.I)
_DIGITS_AND_UNIT = re.compile(r"[\d.,]+[ -]?[^\W\d]\S*", re.I)
_LONGEST_NUMBER = 15
"""Characters of a number: what is longer is some code, and more than a float holds to the digit."""


class SaidKind(StrEnum):
    """What kind of value was said."""

    id = "id"
    moment = "moment"
    quoted = "quoted"
    number = "number"
    proper = "proper"


@dataclass(frozen=True)
class Said:
    """A value in a text."""

    kind: SaidKind
    value: str
    """Moments: `YYYY-MM-DD` or with `THH:MM:SS`; numbers without separators."""
    start: int
    end: int
    quantity: Quantity | None = None
    """Numbers: the amount with its unit, where that is one that can be counted in others."""

    def counted_in(self, unit: str) -> Said:
        """Return a number as it is in the unit of a parameter; itself where it is said so, or in no unit."""
        wanted = unit_named(unit) if self.quantity is not None and unit else None
        if self.quantity is None or wanted is None or wanted is self.quantity.unit:
            return self
        amount = self.quantity.counted_in(wanted)
        if amount is None or amount != round(amount, 6):
            return self
        return replace(self, value=f"{amount.normalize():f}")

    def as_type(self, kind: str, form: str) -> Json:
        """Return the value as a parameter of this JSON type, and of this format where it is text, takes it."""
        match kind:
            case "integer":
                return int(self.value)
            case "float":
                return float(self.value)
            case "array":
                return [self.value]
            case _ if form == "date":
                return self.value[:10]
            case _:
                return f"{self.value}T00:00:00" if form == "datetime" and len(self.value) == 10 else self.value


@lru_cache(maxsize=1024)
def said_values(text: str, now: str = "") -> tuple[Said, ...]:
    """Return the values said in `text`, in order; what was read as one kind is not read again as another."""
    found: list[Said] = []
    taken = list(text)

    def keep(kind: SaidKind, value: str, span: tuple[int, int]) -> None:
        found.append(Said(kind, value, *span))
        taken[span[0] : span[1]] = "\0" * (span[1] - span[0])

    for match in _QUOTED.finditer(text):
        keep(SaidKind.quoted, next(group for group in match.groups() if group), match.span())
    for relative in _relative(taken, now):
        keep(SaidKind.moment, relative.day.isoformat(), (relative.start, relative.end))
    for pattern in (_ISO, _DAY_MONTH, _MONTH_DAY, _RELATIVE):
        for match in pattern.finditer("".join(taken)):
            if (moment := _moment(match, now)) is not None:
                keep(SaidKind.moment, moment, match.span())
    quantities = quantities_in("".join(taken))
    for quantity in quantities:
        if not _opens_in_digits(quantity, text):
            found.append(_number_of(quantity))
            taken[quantity.start : quantity.end] = "\0" * (quantity.end - quantity.start)
    for kind, pattern in _PLAIN:
        for match in pattern.finditer("".join(taken)):
            if kind is SaidKind.number and len(match[0]) > _LONGEST_NUMBER:
                continue
            keep(kind, _plain(match[0]) if kind is SaidKind.number else match[0], match.span())
    counted = {quantity.start: quantity for quantity in quantities}
    whole = [replace(said, quantity=counted[said.start]) if _is_counted(said, counted) else said for said in found]
    return tuple(sorted(whole, key=lambda said: said.start))


def _relative(taken: Sequence[str], now: str) -> Sequence[RelativeDate]:
    """Return the dates told by more than one word; `tomorrow` may have a time of day, and is read with it."""
    try:
        today = date.fromisoformat(now[:10])
    except ValueError:
        return ()
    return [one for one in relative_dates_in("".join(taken), today) if " " in "".join(taken[one.start : one.end])]


def _opens_in_digits(quantity: Quantity, text: str) -> bool:
    """Say whether an amount is digits and a unit: then the digits are the number. An hour is just one."""
    words = text[quantity.start : quantity.end]
    if _ONE.fullmatch(words):
        return True
    return _DIGITS_AND_UNIT.fullmatch(words) is not None


def _number_of(quantity: Quantity) -> Said:
    return Said(SaidKind.number, f"{quantity.amount.normalize():f}", quantity.start, quantity.end, quantity)


def _is_counted(said: Said, counted: Mapping[int, Quantity]) -> bool:
    return said.kind is SaidKind.number and said.quantity is None and said.start in counted


_PLAIN = (
    (SaidKind.id, _ID),
    (SaidKind.number, _NUMBER),
    (SaidKind.number, _WORD_NUMBER),
    (SaidKind.proper, _NAME),
)


def _plain(number: str) -> str:
    return _WORDS.get(number.lower(), number.replace(",", ""))


def _moment(match: re.Match[str], now: str) -> str | None:
    parts = match.groupdict()
    day = parts.get("day") or _day(parts, now)
    if day is None:
        return None
    if parts.get("time"):
        return f"{day}T{parts['time']:0<5}" + (":00" if len(parts["time"] or "") == 5 else "")
    if parts.get("hour"):
        return f"{day}T{int(parts['hour'] or 0):02d}:{parts['minute']}:00"
    return day


def _day(parts: dict[str, str | None], now: str) -> str | None:
    try:
        today = date.fromisoformat(now[:10]) if now else None
        if parts.get("word"):
            shift = {"today": 0, "tomorrow": 1, "yesterday": -1}[(parts["word"] or "").lower()]
            return (today + timedelta(days=shift)).isoformat() if today is not None else None
        year = int(parts["y"] or 0) if parts.get("y") else today.year if today is not None else 2026
        return date(year, _MONTHS[(parts["m"] or "").lower()], int(parts["d"] or 0)).isoformat()
    except ValueError:
        return None
