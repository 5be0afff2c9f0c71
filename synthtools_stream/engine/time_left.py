"""How long a run will still take: said once that is known, and not before.

A run begins slowly (nothing has reached the later stages), is held up (no server answers), and goes fast for a while
after a resume (replies come from the log). An estimate that takes all of that for the run's pace is wrong by an order
of magnitude, and then swings. So only time counts in which the run moves by itself; the pace is that of the latter half
of it; and nothing is said unless all estimates of that half agree about when the end will be.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["TimeLeft"]

LEAST = 5
"""Items that must have left in the half looked at: of fewer, one more or less changes the pace by a quarter."""
AGREEING = 3
"""Estimates that there must be at least; a snapshot comes every few seconds."""
WITHIN = 1.5
"""How many times the smallest estimate the largest may be. While the pace grows steadily, they differ by twice."""
MOST_LOOKS = 512
"""Looks, and estimates, that are kept: past that, every other one is forgotten."""


class _Look(NamedTuple):
    active_s: float
    left: int
    """Items that had left by then."""


class TimeLeft:
    """Estimates from looks at how many items have left, of those expected."""

    def __init__(self, now_s: float, settled: int) -> None:
        """`settled` items were settled before this session, which says nothing of its pace."""
        self._last_s = now_s
        self._looks = [_Look(0.0, settled)]
        self._totals: list[tuple[float, float]] = []
        """Estimates of the whole active time, each with when it was made."""

    def look(self, now_s: float, settled: int, expected: int, *, held_up: bool) -> int | None:
        """Take in how things stand; returns the seconds left, or None while they are not known.

        `held_up`: since the last look the run waited for a server, or replayed what it had.
        """
        last = self._looks[-1]
        active_s = last.active_s + (0.0 if held_up else now_s - self._last_s)
        self._last_s = now_s
        if held_up:
            # What came in such a time came at another pace: the session begins anew with it.
            self._looks = [_Look(0.0, settled)]
            self._totals.clear()
            return None
        self._looks.append(_Look(active_s, settled))
        if len(self._looks) > MOST_LOOKS:
            self._looks = self._looks[::2]
        return self._estimate(expected)

    def _estimate(self, expected: int) -> int | None:
        latest = self._looks[-1]
        half = next(look for look in self._looks if look.active_s >= latest.active_s / 2)
        made = latest.left - half.left
        if expected <= 0 or made < LEAST:
            self._totals.clear()
            return None
        left_s = max(0, expected - latest.left) * (latest.active_s - half.active_s) / made
        self._totals.append((latest.active_s, latest.active_s + left_s))
        if len(self._totals) > MOST_LOOKS:
            self._totals = self._totals[::2]
        recent = [total for made_s, total in self._totals if made_s >= latest.active_s / 2]
        covered = self._totals[0][0] <= latest.active_s / 2
        steady = covered and len(recent) >= AGREEING and max(recent) <= WITHIN * min(recent)
        return round(left_s) if steady else None
