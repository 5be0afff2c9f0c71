"""Sample: of more candidates than are wanted, keep the most different ones, within quotas.

Greedy max-min selection starts with the first candidate and adds, again and again, the one whose nearest neighbour
among the kept is farthest away (ties go to the earlier one): the order in which candidates are given decides, and
nothing else does. How alike two are is the overlap of their *marks*: trigrams of a text, tools of a sequence with
their neighbours, whatever tells a kind of thing apart. The work grows with candidates times those kept.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from synthtools_stream.wording.similarity import overlap, trigrams

__all__ = ["Candidate", "Quotas", "chain_marks", "choose", "select_novel"]

Quotas = Mapping[str, Mapping[str, float]]
"""By dimension (`field`, `length` …) and value: the share of all that are kept which such candidates may have at most,
0 to 1. A value that is not named may have any."""


@dataclass(frozen=True)
class Candidate:
    """What is known of one candidate."""

    marks: frozenset[Hashable]
    """What it has in common with those that are like it; never empty."""
    groups: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where it stands in each dimension that a quota may name."""


def choose(candidates: Sequence[Candidate], count: int, quotas: Quotas | None = None) -> list[int]:
    """Return the places of at most `count` candidates, ascending: as different from each other as greedy makes them.

    Quotas are bounds: where too few candidates keep them, fewer are chosen.
    """
    room = {
        (name, value): math.ceil(share * count)
        for name, shares in (quotas or {}).items()
        for value, share in shares.items()
    }
    left = list(range(len(candidates)))
    nearest = [0.0] * len(candidates)
    chosen: list[int] = []
    taken: Counter[tuple[str, str]] = Counter()
    while len(chosen) < count:
        left = [place for place in left if all(taken[group] < room[group] for group in _bound(candidates[place], room))]
        if not left:
            break
        best = min(left, key=nearest.__getitem__)
        left.remove(best)
        chosen.append(best)
        taken.update(_bound(candidates[best], room))
        for place in left:
            nearest[place] = max(nearest[place], overlap(candidates[place].marks, candidates[best].marks))
    return sorted(chosen)


def _bound(candidate: Candidate, room: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    return [group for group in candidate.groups.items() if group in room]


def select_novel(texts: Sequence[str], count: int) -> list[str]:
    """Return `count` of the texts, as different from each other as `choose` makes them, in given order."""
    return [texts[place] for place in choose([Candidate(trigrams(text)) for text in texts], count)]


def chain_marks(chain: Sequence[str]) -> frozenset[Hashable]:
    """Return the marks of a sequence of tools: which ones it has, and which follows which."""
    return frozenset([*chain, *pairwise(chain)])
