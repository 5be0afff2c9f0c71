"""What a figure is: a count, a share, a rate, a mean or a plain value; and when two of a kind differ beyond chance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.wilson import wilson_bounds

__all__ = ["Count", "Mean", "Measure", "Rate", "Score", "Section", "Share", "differ"]

_Z = 1.96
"""Standard errors on either side that 95 % of all cases lie within."""
_BEYOND = 3.0
"""Standard errors from which on a difference is told: of some hundred figures that are the same, chance lets one in
four reports tell one."""
_DIGITS = 4
"""Behind the point: finer than any figure is sure."""


@dataclass(frozen=True)
class Count:
    """How many there are."""

    value: int
    unit: str = ""

    def to_json(self) -> JsonObject:
        """Return the figure."""
        return {"count": self.value}


@dataclass(frozen=True)
class Share:
    """How many of how many; what is counted is taken as drawn one by one."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies, 95 %."""
        return wilson_bounds(self.hits, self.of, _Z)

    def to_json(self) -> JsonObject:
        """Return the figure with its interval."""
        low, high = self.interval
        return {
            "share": round(self.value, _DIGITS),
            "interval": [round(low, _DIGITS), round(high, _DIGITS)],
            "hits": self.hits,
            "of": self.of,
        }


@dataclass(frozen=True)
class Rate:
    """A chance, averaged over `of` things that were each tried: further tries at one say little of the others."""

    value: float
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Where the rate lies, 95 %."""
        return wilson_bounds(self.value * self.of, self.of, _Z)

    def to_json(self) -> JsonObject:
        """Return the figure with its interval."""
        low, high = self.interval
        ends = [round(low, _DIGITS), round(high, _DIGITS)]
        return {"rate": round(self.value, _DIGITS), "interval": [*ends], "of": self.of}


@dataclass(frozen=True)
class Mean:
    """A mean of many values, with their spread."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: Iterable[float]) -> Mean:
        """Return the mean of values."""
        return sum((cls(1, value, value * value) for value in values), cls())

    def __add__(self, other: Mean) -> Mean:
        return Mean(self.n + other.n, self.total + other.total, self.squares + other.squares)

    def __radd__(self, other: int) -> Mean:
        return self

    @property
    def value(self) -> float:
        """The mean; 0 of nothing."""
        return self.total / self.n if self.n else 0.0

    @property
    def error(self) -> float:
        """The mean's standard error; 0 of fewer than two values."""
        if self.n < 2:
            return 0.0
        variance = max(0.0, (self.squares - self.total * self.total / self.n) / (self.n - 1))
        return math.sqrt(variance / self.n)

    @property
    def interval(self) -> tuple[float, float]:
        """Where the mean lies, 95 %."""
        return self.value - _Z * self.error, self.value + _Z * self.error

    def to_json(self) -> JsonObject:
        """Return the figure with its interval."""
        low, high = self.interval
        ends = [round(low, _DIGITS), round(high, _DIGITS)]
        return {"mean": round(self.value, _DIGITS), "interval": [*ends], "n": self.n}


@dataclass(frozen=True)
class Score:
    """A value of the whole, of which no spread is known."""

    value: float

    def to_json(self) -> JsonObject:
        """Return the figure."""
        return {"value": round(self.value, _DIGITS)}


Measure: TypeAlias = Count | Share | Rate | Mean | Score
Section: TypeAlias = dict[str, Measure]
"""Figures by name, in the order in which they are shown."""


def differ(one: Measure, other: Measure) -> bool:
    """Say whether two figures differ beyond chance; of counts and values nobody can tell."""
    if isinstance(one, Share | Rate) and isinstance(other, Share | Rate):
        return _shares_differ(one, other)
    if isinstance(one, Mean) and isinstance(other, Mean):
        error = math.hypot(one.error, other.error)
        return min(one.n, other.n) > 1 and abs(one.value - other.value) > max(_BEYOND * error, 1e-12)
    return False


def _shares_differ(one: Share | Rate, other: Share | Rate) -> bool:
    """The test of two proportions, pooled."""
    if not one.of or not other.of:
        return False
    pooled = (one.value * one.of + other.value * other.of) / (one.of + other.of)
    error = math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of))
    return error > 0 and abs(one.value - other.value) > _BEYOND * error
