"""How a task's steps hang together: which earlier answers a step's arguments were taken from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from synthtools_stream.records import Provenance, ProvenanceKind, Step

__all__ = ["PATTERNS", "Pattern", "fed_arguments", "pattern_of", "step_links"]

Pattern: TypeAlias = Literal["chain", "branch", "join"]
"""A *branch* has a step whose answer at least two later ones use, a *join* one that uses the answers of at least two;
what has both is a join. All else is a *chain*."""
PATTERNS: tuple[Pattern, ...] = ("chain", "branch", "join")


def step_links(steps: Sequence[Step]) -> set[tuple[int, int]]:
    """Return each pair of an earlier step and a later one that uses its answer."""
    return {
        (source, index)
        for index, step in enumerate(steps)
        for provenance in step.provenance.values()
        for source in _sources(provenance)
    }


def fed_arguments(steps: Sequence[Step]) -> int:
    """Count the arguments that were taken, wholly or in part, from an earlier answer."""
    return sum(any(True for _ in _sources(provenance)) for step in steps for provenance in step.provenance.values())


def pattern_of(links: set[tuple[int, int]]) -> Pattern:
    """Return the pattern of a task's `step_links`."""
    if _crowded(there for _, there in links):
        return "join"
    return "branch" if _crowded(here for here, _ in links) else "chain"


def _crowded(ends: Iterator[int]) -> bool:
    return any(count > 1 for count in Counter(ends).values())


def _sources(provenance: Provenance) -> Iterator[int]:
    if provenance.kind is ProvenanceKind.response and provenance.step is not None:
        yield provenance.step
    for part in provenance.inputs or ():
        yield from _sources(part)
