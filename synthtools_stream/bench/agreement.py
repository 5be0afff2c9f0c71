"""How well a judge agrees with what is known: precision, recall, false alarms, Cohen's kappa, with intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.wilson import wilson_bounds

__all__ = ["Confusion", "Share", "wilson_interval"]

TWO_SIDED_95 = 1.96
"""Standard deviations of a normal distribution between which 95 % lie."""


class Share(NamedTuple):
    """A share and its Wilson interval."""

    hits: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share itself; None of nothing."""
        return self.hits / self.trials if self.trials else None

    def to_json(self) -> JsonObject:
        """Return the share as JSON."""
        value = self.value
        return {
            "value": None if value is None else round(value, 4),
            "low": round(self.low, 4),
            "high": round(self.high, 4),
            "hits": self.hits,
            "trials": self.trials,
        }

    def __str__(self) -> str:
        """Say it in one word and its interval."""
        return "–" if self.value is None else f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def wilson_interval(hits: int, trials: int, z: float = TWO_SIDED_95) -> Share:
    """Return a share with its two-sided 95 % Wilson interval."""
    return Share(hits, trials, *wilson_bounds(hits, trials, z))


@dataclass
class Confusion:
    """How often a judge raised an alarm where something was wrong, and where nothing was."""

    hits: int = 0
    missed: int = 0
    false_alarms: int = 0
    quiet: int = 0

    def add(self, *, wrong: bool, alarm: bool) -> None:
        """Count one case."""
        if wrong:
            self.hits += alarm
            self.missed += not alarm
        else:
            self.false_alarms += alarm
            self.quiet += not alarm

    @property
    def precision(self) -> Share:
        """Of the alarms, the share that was right."""
        return wilson_interval(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> Share:
        """Of what was wrong, the share that raised an alarm."""
        return wilson_interval(self.hits, self.hits + self.missed)

    @property
    def false_positive_rate(self) -> Share:
        """Of what was right, the share that raised an alarm."""
        return wilson_interval(self.false_alarms, self.false_alarms + self.quiet)

    @property
    def kappa(self) -> float | None:
        """Agreement beyond chance (Cohen); None where one side never varies."""
        total = self.hits + self.missed + self.false_alarms + self.quiet
        if not total:
            return None
        agreed = (self.hits + self.quiet) / total
        wrong, alarms = (self.hits + self.missed) / total, (self.hits + self.false_alarms) / total
        chance = wrong * alarms + (1 - wrong) * (1 - alarms)
        return None if chance == 1 else (agreed - chance) / (1 - chance)

    @property
    def kappa_interval(self) -> tuple[float, float] | None:
        """The 95 % interval of kappa, by its large-sample standard error."""
        total, kappa = self.hits + self.missed + self.false_alarms + self.quiet, self.kappa
        if kappa is None:
            return None
        agreed = (self.hits + self.quiet) / total
        chance = 1 - (1 - agreed) / (1 - kappa) if kappa < 1 else 0.0
        spread = TWO_SIDED_95 * math.sqrt(agreed * (1 - agreed) / total) / (1 - chance)
        return max(-1.0, kappa - spread), min(1.0, kappa + spread)

    def to_json(self) -> JsonObject:
        """Return counts and measures as JSON."""
        kappa, interval = self.kappa, self.kappa_interval
        return {
            "hits": self.hits,
            "missed": self.missed,
            "false_alarms": self.false_alarms,
            "quiet": self.quiet,
            "precision": self.precision.to_json(),
            "recall": self.recall.to_json(),
            "false_positive_rate": self.false_positive_rate.to_json(),
            "kappa": None if kappa is None else round(kappa, 4),
            "kappa_interval": None if interval is None else [round(bound, 4) for bound in interval],
        }
