"""A fault: what a heuristic finds poor, as a word for counts and a sentence for whoever can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Fault", "fault_lines"]

_TOLD = 4
"""Faults that are told at once: a model mends a few of them well."""


class Fault(NamedTuple):
    """One thing that is poor."""

    reason: str
    """A short stable word, as in `rejected.jsonl`."""
    detail: str
    """What, where, and what to do."""

    def __str__(self) -> str:
        """Return both, so that a story which is told in one text can still be counted by its word."""
        return f"{self.reason}: {self.detail}"


def fault_lines(faults: Iterable[Fault]) -> list[str]:
    """Return the first few faults as texts, each once."""
    return list(dict.fromkeys(map(str, faults)))[:_TOLD]
