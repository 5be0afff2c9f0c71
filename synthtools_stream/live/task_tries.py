"""Tries at tasks, solved or not: their share, pass@k and pass^k without bias, and how hard each task is."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import comb

from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.values.wilson import wilson_bounds

__all__ = ["TaskTries", "pass_all_k", "pass_any_k"]

_Z = 1.96
"""Standard errors on either side that 95 % of all cases lie within."""
_DIGITS = 4
"""Of a rate: finer than any number of attempts makes it sure."""


@dataclass
class TaskTries:
    """Attempts at each proven task: solved or not."""

    proven: dict[str, list[bool]] = field(default_factory=dict[str, list[bool]])

    @property
    def tried(self) -> int:
        """Attempts that count."""
        return sum(map(len, self.proven.values()))

    @property
    def solved(self) -> int:
        """Those of them that were solved."""
        return sum(map(sum, self.proven.values()))

    @property
    def k(self) -> int:
        """Attempts that every task has: as far as pass@k can be told; 0 where there is none."""
        return min(map(len, self.proven.values()), default=0)

    @property
    def difficulty(self) -> dict[str, float]:
        """The share of attempts at each task that did not solve it: 0 where all did, 1 where none did."""
        return {task: round(1 - sum(tries) / len(tries), _DIGITS) for task, tries in self.proven.items()}

    def pass_any(self, k: int) -> float:
        """Return pass@k over the tasks, 1 ≤ `k` ≤ `self.k`: unbiased, as if k of each one's attempts were drawn.

        Source: Chen et al., Evaluating large language models trained on code (2021).
        """
        return sum(pass_any_k(sum(tries), len(tries), k) for tries in self.proven.values()) / len(self.proven)

    def pass_all(self, k: int) -> float:
        """Return pass^k over the tasks, likewise.

        Source: Yao et al., tau-bench (2024).
        """
        return sum(pass_all_k(sum(tries), len(tries), k) for tries in self.proven.values()) / len(self.proven)

    def interval(self, share: float) -> tuple[float, float]:
        """Return the 95 % interval of a share over the tasks: attempts at one task say little beyond the first."""
        return wilson_bounds(share * len(self.proven), len(self.proven), _Z)

    def figures(self) -> JsonObject:
        """Return counts, and each rate with its interval; rates only where something was tried."""
        counts: JsonObject = {"tasks": len(self.proven), "attempts": self.tried, "solved": self.solved}
        if not self.proven:
            return counts
        passes: JsonObject = {
            str(k): {"any": self._rate(self.pass_any(k)), "all": self._rate(self.pass_all(k))}
            for k in range(1, self.k + 1)
        }
        return {**counts, "share": self._rate(self.solved / self.tried), "pass": passes}

    def _rate(self, share: float) -> JsonObject:
        bounds: list[Json] = [round(bound, _DIGITS) for bound in self.interval(share)]
        return {"rate": round(share, _DIGITS), "interval": bounds}


def pass_any_k(solved: int, attempts: int, k: int) -> float:
    """Return pass@k: the chance that at least one of k attempts, drawn from these, is solved."""
    return 1.0 - comb(attempts - solved, k) / comb(attempts, k)


def pass_all_k(solved: int, attempts: int, k: int) -> float:
    """Return pass^k: the chance that all of k attempts, drawn from these, are solved."""
    return comb(solved, k) / comb(attempts, k)
