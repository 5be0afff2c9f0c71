"""Greedy max-min selection: again and again the one whose nearest among the kept is farthest away.

The first in order is kept first, and of equally far ones the earlier: the order decides, and nothing else does. What
is nearest to a candidate can only come nearer as more are kept, so it is compared with those kept since its last turn
only when it is the best as far as is known. That gives the same choice as comparing all with all, and of tens of
thousands most are seldom looked at.

Source: Ashton et al., Identification of diverse database subsets (2002); kept bounds as in RDKit's MaxMin picker.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

__all__ = ["farthest_first"]


def farthest_first(
    total: int,
    count: int,
    alike: Callable[[int, int], float],
    groups_of: Callable[[int], Iterable[Hashable]] = lambda _: (),
    most: Mapping[Hashable, int] | None = None,
    before: Sequence[int] = (),
) -> list[int]:
    """Return up to `count` of the places 0 to `total` - 1, in the order in which they are chosen.

    `alike` says how alike two places are, 0 to 1. Of a group that `most` names no more are chosen than it says: where
    too few places keep that, fewer are. What is chosen keeps away from the places `before`, too, which are kept
    already and count into no group.
    """
    left = {} if most is None else {**most}
    kept, outside = [*before], {*before}
    open_ones = [(0.0, place, 0) for place in range(total) if place not in outside]  # by place, so a heap
    chosen: list[int] = []
    while open_ones and len(chosen) < count:
        nearest, place, compared = heapq.heappop(open_ones)
        bounds = [group for group in groups_of(place) if group in left]
        if any(left[group] < 1 for group in bounds):
            continue  # it is full, and stays so
        best = open_ones[0][:2] if open_ones else (2.0, total)
        while compared < len(kept) and (nearest, place) < best:
            nearest = max(nearest, alike(place, kept[compared]))
            compared += 1
        if compared < len(kept) or (nearest, place) > best:
            heapq.heappush(open_ones, (nearest, place, compared))
            continue
        chosen.append(place)
        kept.append(place)
        for group in bounds:
            left[group] -= 1
    return chosen
