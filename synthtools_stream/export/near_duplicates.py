"""Near-duplicates among many thousands: which later one says over again what an earlier one says.

What is told is exact. Two rows that are alike to 0.7 have most of their marks in common, so among the rarest marks of
each, some three tenths and a few more, there are a few that both have. Only those stand in an index, and only rows
that meet there are compared. Common marks, which everybody has, are hardly looked at. (An index of MinHashes holds
some 10 KB a row, thirty times as much, and misses pairs.)

Source: Bayardo et al., Scaling up all pairs similarity search (2007); Wang et al., Can we beat the prefix filtering?
(2012), for the prefix that must meet several times.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Sequence

from synthtools_stream.export.hashed_marks import Marks, Uses
from synthtools_stream.wording.similarity import NEAR_DUPLICATE

__all__ = ["near_duplicates"]

_MEETINGS = 8
"""Marks that two rows must share in the index to be compared: each more makes the index a mark longer and spares
comparisons of rows that have a word in common by chance. On rows cut together of few words eight was fastest."""
_ROUNDING = 1e-9
"""So that 0.7 of ten marks are seven."""


def near_duplicates(rows: Sequence[Marks], threshold: float = NEAR_DUPLICATE) -> dict[int, int]:
    """Return the place of each row that is like an earlier one, with the place of the earliest such.

    Alike is what has a share of `threshold` of its marks in common, above 0 to 1. A row that was like another is not
    compared with later ones: of a chain of likenesses the first one stands. Rows without marks are like nothing.
    """
    uses = Uses(rows)
    index: dict[int, array[int]] = {}
    found: dict[int, int] = {}
    for place, row in enumerate(rows):
        if not row:
            continue
        least = math.ceil(threshold * len(row) - _ROUNDING)
        meetings = min(_MEETINGS, least)
        rare = sorted(row, key=lambda mark: (uses.of(mark), mark))[: len(row) - least + _MEETINGS]
        met = Counter[int]()
        for mark in rare:
            met.update(index.get(mark, ()))
        close = sorted(other for other, times in met.items() if times >= meetings)
        mine = {*row}
        earlier = next((other for other in close if _overlap(mine, rows[other]) >= threshold - _ROUNDING), None)
        if earlier is not None:
            found[place] = earlier
            continue
        for mark in rare:
            if uses.of(mark) > 1:
                index.setdefault(mark, array("I")).append(place)
    return found


def _overlap(one: set[int], other: Marks) -> float:
    common = len(one.intersection(other))
    return common / (len(one) + len(other) - common)
