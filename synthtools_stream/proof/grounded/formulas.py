"""The closed list of formulas by which an argument may be derived from known values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from synthtools_stream.records.task import CONVERTED
from synthtools_stream.values.jsontypes import Json, same_json
from synthtools_stream.wording.dates import shifted
from synthtools_stream.wording.unit_table import converted_amount, unit_named

__all__ = ["FORMULAS", "computes"]

_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,6})?", re.ASCII)
_PLACES = 6
"""Decimal places of what may be converted: a third of an hour is no number that anybody writes down."""

Formula: TypeAlias = Callable[[Sequence[Json]], Json]


def computes(formula: str, inputs: Sequence[Json], value: Json) -> bool:
    """Say whether the formula gives `value`; money may be rounded to cents."""
    function = FORMULAS.get(formula)
    result = function(inputs) if function is not None else None
    if result is None:
        return False
    if isinstance(result, float) and isinstance(value, int | float) and not isinstance(value, bool):
        if formula == CONVERTED:
            return result == value
        return math.isclose(result, value, rel_tol=1e-9, abs_tol=1e-9) or math.isclose(round(result, 2), value)
    return same_json(result, value)


def _numbers(inputs: Sequence[Json]) -> list[float] | None:
    numbers = [float(item) for item in inputs if isinstance(item, int | float) and not isinstance(item, bool)]
    return numbers if inputs and len(numbers) == len(inputs) else None


def _of_numbers(function: Callable[[list[float]], float], exactly: int | None = None) -> Formula:
    def compute(inputs: Sequence[Json]) -> Json:
        numbers = _numbers(inputs)
        if numbers is None or (exactly is not None and len(numbers) != exactly):
            return None
        result = function(numbers)
        return result if math.isfinite(result) else None

    return compute


def _extreme(function: Callable[[Sequence[float]], float], of_texts: Callable[[Sequence[str]], str]) -> Formula:
    """Highest or lowest of numbers, or of ISO dates (which sort as text)."""

    def compute(inputs: Sequence[Json]) -> Json:
        numbers = _numbers(inputs)
        if numbers is not None:
            return function(numbers)
        texts = [item for item in inputs if isinstance(item, str)]
        return of_texts(texts) if texts and len(texts) == len(inputs) else None

    return compute


def _count(inputs: Sequence[Json]) -> Json:
    return len(inputs[0]) if len(inputs) == 1 and isinstance(inputs[0], list) else None


def _days_on(sign: int) -> Formula:
    def compute(inputs: Sequence[Json]) -> Json:
        match inputs:
            case [str(day), int() | float() as days] if not isinstance(days, bool) and float(days).is_integer():
                return shifted(day, sign * int(days))
            case _:
                return None

    return compute


def _converted(inputs: Sequence[Json]) -> Json:
    """An amount with its unit, `2.5 t`, in the unit that is the second input: exactly, or not at all."""
    match inputs:
        case [str(said), str(wanted)] if " " in said:
            amount, _, unit = said.partition(" ")
            ours, theirs = unit_named(unit), unit_named(wanted)
            if ours is None or theirs is None or ours is theirs or _AMOUNT.fullmatch(amount) is None:
                return None
            result = converted_amount(Decimal(amount), ours, theirs)
            if result is None or result != round(result, _PLACES):
                return None
            return int(result) if result == result.to_integral_value() else float(result)
        case _:
            return None


FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "sum": _of_numbers(math.fsum),
        "difference": _of_numbers(lambda numbers: numbers[0] - numbers[1], exactly=2),
        "product": _of_numbers(math.prod),
        "count": _count,
        "min": _extreme(min, min),
        "max": _extreme(max, max),
        "add_days": _days_on(1),
        "subtract_days": _days_on(-1),
        "percent_of": _of_numbers(lambda numbers: numbers[0] * numbers[1] / 100, exactly=2),
        CONVERTED: _converted,
    }
)
