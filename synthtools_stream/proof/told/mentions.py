"""Where a message says a value, in any of its forms."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from synthtools_stream.proof.told.message_text import plain
from synthtools_stream.proof.told.slots import Message
from synthtools_stream.proof.told.told_numbers import ToldNumber
from synthtools_stream.proof.told.value_units import MONEY, units_in
from synthtools_stream.proof.told.wanted_values import Asked
from synthtools_stream.proof.told.word_forms import value_pattern
from synthtools_stream.wording.clocks import find_clock, parse_clock
from synthtools_stream.wording.dates import parse_date

__all__ = ["Mention", "fits_unit", "is_number", "mentions"]

_NEAR = 40
"""Characters beside a date within which its time of day is looked for."""
_NOTHING = re.compile(
    r"(?<![\w-])(?:no|none|nothing|zero|empty|(?:not|cannot)(?: \w+)? any|\w+n't(?: \w+)? any)\b(?!-)"
    r"(?! (?:else|other|longer|further|more|problems?|need|doubt)\b)",
    re.IGNORECASE,
)


class Mention(NamedTuple):
    """Where a value stands in a message."""

    start: int
    end: int


def mentions(asked: Asked, message: Message) -> Iterator[Mention]:
    """Yield where a message says a scalar."""
    value = asked.value
    if isinstance(value, str):
        yield from _texts(value, asked, message)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        for one in message.numbers:
            if is_number(one, value, asked) and fits_unit(one, asked, message):
                yield Mention(one.start, one.end)
        if value == 0:
            yield from _absent(message)


def is_number(told: ToldNumber, value: float, asked: Asked) -> bool:
    """Say whether a number in a message is a value; its second reading counts where the row writes no such number."""
    first, *others = told.values
    if _same(first, value):
        return True
    return any(_same(other, value) for other in others) and not any(
        _same(first, known) for known in asked.history if isinstance(known, int | float) and not isinstance(known, bool)
    )


def _same(told: float, value: float) -> bool:
    return math.isclose(told, value, rel_tol=1e-9, abs_tol=1e-12) or (
        isinstance(value, float) and round(value, 2) != value and told == round(value, 2)
    )


def fits_unit(told: ToldNumber, asked: Asked, message: Message) -> bool:
    """Say whether a number stands in the unit of what is asked; the row says which, or else any money may."""
    units = _units_told(told, message)
    if not units:
        return True
    if asked.units:
        allowed = asked.units | ({"degree"} if asked.units & {"C", "F", "K"} else set())
        allowed |= {"cal"} if "kcal" in allowed else set()
        return units <= allowed
    return units <= MONEY


def _units_told(told: ToldNumber, message: Message) -> frozenset[str]:
    beside = {told.unit} if told.unit else set[str]()
    opening = message.text[max(0, told.start - _NEAR) : told.start]
    if "(" in opening and (closed := opening.rstrip(" :=-is\"'")).endswith(")"):  # Delay (hours): 31
        beside |= units_in(closed[closed.rfind("(") + 1 : -1])
    return frozenset(beside)


def _absent(message: Message) -> Iterator[Mention]:
    return (Mention(*found.span()) for found in _NOTHING.finditer(message.text))


def _texts(value: str, asked: Asked, message: Message) -> Iterator[Mention]:
    clock = parse_clock(value)
    if clock is not None:
        said = find_clock(message.text, value, clock)
        if said is not None:
            start = message.text.find(said)
            yield Mention(start, start + len(said))
        return
    moment = parse_date(value)
    if moment is not None:
        yield from _moments(moment, "T" in value, message)
        return
    written = plain(value).strip()
    if not written:
        return
    inflected = bool(asked.siblings) and " " not in written and written.islower()
    for found in value_pattern(written, inflected=inflected).finditer(message.text):
        if not _is_part(found.start(), found.end(), asked, message):
            yield Mention(found.start(), found.end())


def _is_part(start: int, end: int, asked: Asked, message: Message) -> bool:
    """Say whether what was found is but a part of a longer name or of another value of the same kind."""
    if any(one.start <= start and end <= one.end and one.end - one.start > end - start for one in message.named):
        return True
    said = message.low[start:end]
    for other in asked.siblings:
        if len(other) > len(said) and said in other and other in message.low:
            place = message.low.find(other)
            while place >= 0:
                if place <= start and end <= place + len(other):
                    return True
                place = message.low.find(other, place + 1)
    return False


def _moments(moment: datetime, with_time: bool, message: Message) -> Iterator[Mention]:
    day, clock = moment.date(), moment.time()
    for one in message.dates:
        if not one.may_be(day):
            continue
        if not with_time:
            yield Mention(one.start, one.end)
            continue
        after, before = message.text[one.end : one.end + _NEAR], message.text[max(0, one.start - _NEAR) : one.start]
        after = after.removeprefix("T").split("\n")[0]
        written = clock.isoformat()
        if find_clock(after, written, clock) or find_clock(before.split("\n")[-1], written, clock):
            yield Mention(one.start, one.end)
