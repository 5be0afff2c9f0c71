"""How attempts fared: shares of solved ones, pass@k and pass^k, each over what may be pooled.

Proven and unproven tasks are counted apart, and an attempt that something other than the agent spoiled is in no rate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import comb
from typing import Self

from synthtools_stream.records import StopReason, Trajectory, VerdictKind
from synthtools_stream.values.wilson import wilson_bounds

__all__ = ["PassRates", "pass_all_k", "pass_any_k"]

_Z = 1.96
"""Standard errors on either side that 95 % of all cases lie within."""


@dataclass
class PassRates:
    """What a set of attempts adds up to."""

    proven: dict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    """Attempts at each proven task: solved or not."""
    unproven: int = 0
    judged_solved: int = 0
    """Of the unproven ones: how many the judge takes for solved."""
    disagreements: int = 0
    judged: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    """Attempts that something other than the agent spoiled, by what: they are in no rate."""
    detours: int = 0
    """Attempts that changed something nobody asked for and undid it."""
    stops: Counter[StopReason] = field(default_factory=Counter[StopReason])

    @classmethod
    def of(cls, rows: Iterable[Trajectory]) -> Self:
        """Add up attempts."""
        rates = cls()
        for row in rows:
            rates.add(row)
        return rates

    def add(self, row: Trajectory) -> None:
        """Count one attempt."""
        self.stops[row.stop_reason] += 1
        if row.fault:
            self.faults[row.fault] += 1
            return
        self.detours += bool(row.alignment.detours)
        if row.verdict.kind is VerdictKind.unproven:
            self.unproven += 1
            self.judged_solved += bool(row.judge and row.judge.solved)
            return
        self.proven[row.task_id].append(row.verdict.kind is VerdictKind.solved)
        self.judged += row.judge is not None
        self.disagreements += bool(row.disagreement)

    @property
    def tried(self) -> int:
        """Attempts at proven tasks that count."""
        return sum(map(len, self.proven.values()))

    @property
    def solved(self) -> int:
        """Those of them that were solved."""
        return sum(map(sum, self.proven.values()))

    @property
    def k(self) -> int:
        """Attempts that every proven task has: as far as pass@k can be told; 0 where there is none."""
        return min(map(len, self.proven.values()), default=0)

    def pass_any(self, k: int) -> float:
        """Return pass@k over the proven tasks, 1 ≤ `k` ≤ `self.k`: unbiased, as if k of each one's attempts were drawn.

        Source: Chen et al., Evaluating large language models trained on code (2021).
        """
        return sum(pass_any_k(sum(tries), len(tries), k) for tries in self.proven.values()) / len(self.proven)

    def pass_all(self, k: int) -> float:
        """Return pass^k over the proven tasks, likewise.

        Source: Yao et al., tau-bench (2024).
        """
        return sum(pass_all_k(sum(tries), len(tries), k) for tries in self.proven.values()) / len(self.proven)

    def interval(self, share: float) -> tuple[float, float]:
        """Return the 95 % interval of a share over the proven tasks: more attempts at one task make it no surer."""
        return wilson_bounds(share * len(self.proven), len(self.proven), _Z)


def pass_any_k(solved: int, attempts: int, k: int) -> float:
    """Return pass@k: the chance that at least one of k attempts, drawn from these, is solved."""
    return 1.0 - comb(attempts - solved, k) / comb(attempts, k)


def pass_all_k(solved: int, attempts: int, k: int) -> float:
    """Return pass^k: the chance that all of k attempts, drawn from these, are solved."""
    return comb(solved, k) / comb(attempts, k)
