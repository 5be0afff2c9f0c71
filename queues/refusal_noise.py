"""Refusals that do not come from us: a flaky proxy, other people's load.

Their share is the same at a limit as at twice that limit. To cut further would only starve the run, so that much, give
or take chance, is to be put up with. Where our load is the reason, half of a limit at which no more than `MOST` is
refused has no refusals, so the two cannot be mistaken for each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

__all__ = ["Noise"]

MOST = 0.4
LEAST = 0.01
"""Shares of refusals that are taken for noise at all."""
OUTCOMES = 16
"""Outcomes that make a share of them mean something."""


@dataclass
class _Tally:
    """The latest outcomes at limits of about one size, the older ones counting less."""

    settled: float = 0.0
    refused: float = 0.0

    def add(self, settled: int, refused: int) -> None:
        if self.settled > 8 * OUTCOMES:
            self.settled, self.refused = self.settled / 2, self.refused / 2
        self.settled += settled
        self.refused += refused

    @property
    def share(self) -> float | None:
        return self.refused / self.settled if self.settled >= OUTCOMES else None


class Noise:
    """Learns from outcomes which share of them is refused whatever the limit."""

    def __init__(self) -> None:
        """Believe in none."""
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
        if above is not None and above <= MOST and 1.5 * tally.share >= above:
            self.share = tally.share
        self.share = min(self.share, tally.share)
        if self.share < LEAST:
            self.share = 0.0

    def _share_above(self, size: int) -> float | None:
        larger = (self._tallies[other].share for other in sorted(self._tallies) if other > size)
        return next((share for share in larger if share is not None), None)

    def among(self, settled: int) -> float:
        """Return how many of so many outcomes may be refused by chance; 0 where there is no noise."""
        expected = self.share * settled
        return expected + 3 * sqrt(expected)
