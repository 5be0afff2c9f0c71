"""How attempts fared: solved shares, pass@k and pass^k, difficulty, faults, and the judge beside the code."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from synthtools_stream.live.pass_rates import PassRates
from synthtools_stream.records import Trajectory, VerdictKind
from synthtools_stream.report.figure_kinds import Count, Mean, Score, Section, Share

__all__ = ["AttemptOutcomes"]

_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Bounds of the bins of difficulty; what nobody or everybody solved has a bin of its own."""


class AttemptOutcomes:
    """Attempts, as they come."""

    title = "attempts"

    def __init__(self) -> None:
        self.rates = PassRates()
        self._count = 0
        self._calls = self._refused = Mean()
        self._agreement: Counter[tuple[bool, bool]] = Counter()

    def add(self, attempt: Trajectory) -> None:
        """Take note of an attempt."""
        self._count += 1
        self.rates.add(attempt)
        self._calls += Mean.of([len(attempt.turns)])
        self._refused += Mean.of([sum(turn.status_code >= 400 for turn in attempt.turns)])
        if attempt.judge is not None and attempt.verdict.kind is not VerdictKind.unproven and not attempt.fault.spoils:
            self._agreement[attempt.judge.solved, attempt.verdict.kind is VerdictKind.solved] += 1

    def figures(self) -> Section:
        """Return what they add up to; of nothing, nothing."""
        if not self._count:
            return {}
        found: Section = {"attempts": Count(self._count)}
        rates = self.rates
        if rates.proven:
            found["solved"] = Share(rates.solved, rates.tried)
            found["tasks tried"] = Count(len(rates.proven))
            if rates.k > 1:
                found[f"pass@{rates.k}"] = Score(rates.pass_any(rates.k))
                found[f"pass^{rates.k}"] = Score(rates.pass_all(rates.k))
            found |= self._difficulties()
        found["calls an attempt"] = self._calls
        found["calls refused an attempt"] = self._refused
        found |= {f"spoiled by {fault}": Share(n, self._count) for fault, n in sorted(rates.faults.items())}
        found |= {f"ended as {stop}": Share(n, self._count) for stop, n in sorted(rates.stops.items())}
        judged = self._agreement.total()
        if judged:
            found["judge agrees with code"] = Share(self._agreement[True, True] + self._agreement[False, False], judged)
            found["judge against code, kappa"] = Score(_kappa(self._agreement))
        return found

    def _difficulties(self) -> Section:
        """Return how many tasks were how hard: the share of attempts that did not solve them."""
        hard = [*self.rates.difficulty.values()]
        tasks = len(hard)
        found: Section = {"difficulty": Mean.of(hard), "solved by all": Share(sum(one == 0 for one in hard), tasks)}
        for low, high in pairwise(_STEPS):
            inside = sum(low < one <= high and one < 1 for one in hard)
            if self.rates.k > 1:
                found[f"difficulty {low:g} to {high:g}"] = Share(inside, tasks)
        found["solved by none"] = Share(sum(one == 1 for one in hard), tasks)
        return found


def _kappa(pairs: Counter[tuple[bool, bool]]) -> float:
    """Return Cohen's kappa: agreement beyond what chance gives two readers of these habits; 0 where it explains all.

    Source: Cohen, A coefficient of agreement for nominal scales (1960).
    """
    n = pairs.total()
    observed = (pairs[True, True] + pairs[False, False]) / n
    one = (pairs[True, True] + pairs[True, False]) / n
    other = (pairs[True, True] + pairs[False, True]) / n
    chance = one * other + (1 - one) * (1 - other)
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)
