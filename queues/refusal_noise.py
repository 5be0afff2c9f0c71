"""Refusals that do not come from us: a flaky proxy, other people's load.

Their share is the same at a limit as at twice that limit. To cut further would only starve the run, so that much, give
or take chance, is to be put up with. Where our load is the reason, half of a limit at which no more than `MOST` is
refused has no refusals, so the two cannot be mistaken for each other.

A share is only known from some dozens of outcomes, so it goes up and down by chance, and the lowest of many looks at it
lies well below it. Hence the belief is lowered to the most that the outcomes allow, not to what they show: taken at
its luckiest, a fifth was believed to be an eighth, and the limit was cut for it for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

__all__ = ["Noise"]

MOST = 0.4
"""Largest share of refusals that is taken for noise: half of a limit that meets more may still be too high."""
LEAST = 0.01
"""Smallest share of refusals that is taken for noise; less than that is put up with anyway (`TOLERANCE`)."""
OUTCOMES = 16
"""Outcomes that make a share of them mean something."""
REMEMBERED = 8 * OUTCOMES
"""Outcomes at one size of limit after which all before count half, so that a proxy that was mended is believed."""
ALIKE = 1.5
"""Two shares are the same where the larger is at most so many times the smaller: both are estimates."""
DOUBT = 2
"""Standard deviations by which the share may lie above what was seen: two leave one look in forty too low."""
CHANCE = 3
"""Standard deviations of refusals that a turnover may show above those expected: turnovers are many, and the limit is
cut at the first that shows more."""


@dataclass
class _Tally:
    """The latest outcomes at limits of about one size, the older ones counting less."""

    settled: float = 0.0
    refused: float = 0.0

    def add(self, settled: int, refused: int) -> None:
        if self.settled > REMEMBERED:
            self.settled, self.refused = self.settled / 2, self.refused / 2
        self.settled += settled
        self.refused += refused

    @property
    def share(self) -> float | None:
        return self.refused / self.settled if self.settled >= OUTCOMES else None

    @property
    def most(self) -> float:
        """The largest share that these outcomes leave possible, chance considered."""
        return (self.refused + DOUBT * sqrt(self.refused)) / self.settled


class Noise:
    """Learns from outcomes which share of them is refused whatever the limit."""

    def __init__(self) -> None:
        """Start without any noise: every refusal is taken for load until outcomes show otherwise."""
        self.share = 0.0
        self._tallies: dict[int, _Tally] = {}

    def add(self, limit: int, settled: int, refused: int) -> None:
        """Take in outcomes of requests that were admitted under `limit`."""
        size = limit.bit_length()
        tally = self._tallies.setdefault(size, _Tally())
        tally.add(settled, refused)
        if not (refused or self.share) or tally.share is None:
            return  # the common case: all is well, and was
        above = self._share_above(size)
        if above is not None and above <= MOST and ALIKE * tally.share >= above:
            self.share = tally.share
        self.share = min(self.share, tally.most)
        if self.share < LEAST:
            self.share = 0.0

    def _share_above(self, size: int) -> float | None:
        larger = (self._tallies[other].share for other in sorted(self._tallies) if other > size)
        return next((share for share in larger if share is not None), None)

    def among(self, settled: int) -> float:
        """Return how many of so many outcomes may be refused by chance; 0 where there is no noise."""
        expected = self.share * settled
        return expected + CHANCE * sqrt(expected)
