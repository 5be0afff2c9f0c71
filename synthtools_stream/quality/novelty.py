"""Sample: of a few candidates more than are wanted, keep the most different ones, within quotas.

The choice is greedy (`farthest_first`). How alike two are is the overlap of their *marks*: trigrams of a text, tools of
a sequence with their neighbours, whatever tells a kind of thing apart. (Many thousands have
`export/fingerprints`.)
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from synthtools_stream.quality.farthest_first import farthest_first
from synthtools_stream.wording.similarity import overlap, trigrams

__all__ = ["Candidate", "Quotas", "chain_marks", "choose", "select_novel"]

Quotas = Mapping[tuple[str, str], int]
"""By dimension (`field`, `length` …) and value: how many such candidates are kept at most. Of a value that is not named
there may be any number."""


@dataclass(frozen=True)
class Candidate:
    """What is known of one candidate."""

    marks: frozenset[Hashable]
    """What it has in common with those that are like it; never empty."""
    groups: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where it stands in each dimension that a quota may name."""


def choose(
    candidates: Sequence[Candidate], count: int, quotas: Quotas | None = None, kept: Sequence[Candidate] = ()
) -> list[int]:
    """Return the places of at most `count` candidates, ascending: as different from each other as greedy makes them.

    And from those that are `kept` already. Quotas are bounds: where too few candidates keep them, fewer are chosen.
    """
    marks = [one.marks for one in (*candidates, *kept)]
    most: dict[Hashable, int] = dict(quotas.items()) if quotas else {}
    chosen = farthest_first(
        len(marks),
        count,
        lambda one, other: overlap(marks[one], marks[other]),
        lambda place: candidates[place].groups.items(),
        most,
        range(len(candidates), len(marks)),
    )
    return sorted(chosen)


def select_novel(texts: Sequence[str], count: int) -> list[str]:
    """Return `count` of the texts, as different from each other as `choose` makes them, in given order."""
    return [texts[place] for place in choose([Candidate(trigrams(text)) for text in texts], count)]


def chain_marks(chain: Sequence[str]) -> frozenset[Hashable]:
    """Return the marks of a sequence of tools: which ones it has, and which follows which."""
    return frozenset([*chain, *pairwise(chain)])
