"""How attempts fared: solved shares, pass@k and pass^k, difficulty, faults, and the judge beside the code."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from synthtools_stream.live.pass_rates import PassRates
from synthtools_stream.live.task_tries import TaskTries
from synthtools_stream.records import Trajectory, VerdictKind
from synthtools_stream.report.figure_kinds import Count, Mean, Rate, Score, Section, Share
from synthtools_stream.values.jsontypes import object_at

__all__ = ["AttemptOutcomes"]

_ATTEMPTS = (1, 2, 4, 8, 16, 32)
"""Of which pass@k and pass^k are told, beside the most that every task has: between them little changes."""
_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Bounds of the bins of difficulty; what nobody or everybody solved has a bin of its own."""


class AttemptOutcomes:
    """Attempts, as they come."""

    title = "attempts"

    def __init__(self) -> None:
        self.rates = PassRates()
        self._count = 0
        self._calls = self._refused = self._tokens = Mean()
        self._agreement: Counter[tuple[bool, bool]] = Counter()

    def add(self, attempt: Trajectory) -> None:
        """Take note of an attempt."""
        self._count += 1
        self.rates.add(attempt)
        self._calls += Mean.of([len(attempt.turns)])
        self._refused += Mean.of([sum(turn.status_code >= 400 for turn in attempt.turns)])
        told = object_at(attempt.meta, "usage").get("completion_tokens")
        self._tokens += Mean.of([told] if isinstance(told, int) else [])
        if attempt.judge is not None and attempt.verdict.kind is not VerdictKind.unproven and not attempt.fault.spoils:
            self._agreement[attempt.judge.solved, attempt.verdict.kind is VerdictKind.solved] += 1

    def figures(self) -> Section:
        """Return what they add up to; of nothing, nothing."""
        if not self._count:
            return {}
        found: Section = {"attempts": Count(self._count)}
        rates = self.rates
        if rates.proven:
            found["attempts that count"] = Count(rates.tried)
            found["tasks tried"] = Count(len(rates.proven))
            found["solved"] = _rate(rates)
            found |= self._passes() | self._by_kind() | self._difficulties()
        found["calls an attempt"] = self._calls
        found["calls refused an attempt"] = self._refused
        if self._tokens.n:
            found["tokens said an attempt"] = self._tokens
        found |= {f"spoiled by {fault}": Share(n, self._count) for fault, n in sorted(rates.faults.items())}
        found |= {f"ended as {stop}": Share(n, self._count) for stop, n in sorted(rates.stops.items())}
        judged = self._agreement.total()
        if judged:
            found["judge agrees with code"] = Share(self._agreement[True, True] + self._agreement[False, False], judged)
            found["judge against code, kappa"] = Score(_kappa(self._agreement))
        return found

    def _passes(self) -> Section:
        rates, tasks = self.rates, len(self.rates.proven)
        counts = sorted({k for k in (*_ATTEMPTS, rates.k) if 1 < k <= rates.k})
        return {
            **{f"pass@{k}": Rate(rates.pass_any(k), tasks) for k in counts},
            **{f"pass^{k}": Rate(rates.pass_all(k), tasks) for k in counts},
        }

    def _by_kind(self) -> Section:
        """Return the solved shares of tasks of each length, and of each variant where there are several."""
        lengths, variants = self.rates.by("length"), self.rates.by("variant")
        found: Section = {f"solved, of {name} calls": _rate(tries) for name, tries in lengths.items()}
        if len(variants) > 1:
            found |= {f"solved, variant {name}": _rate(tries) for name, tries in variants.items()}
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


def _rate(tries: TaskTries) -> Rate:
    return Rate(tries.solved / tries.tried, len(tries.proven))


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
