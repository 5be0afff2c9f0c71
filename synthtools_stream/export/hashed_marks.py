"""Marks of one among many thousands, as numbers: some 300 bytes for a request and its calls, in place of the row.

Two different marks have one number with a probability of 1 in 4 billion, and to no harm: two things seem to have a
word more in common.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from zlib import crc32

__all__ = ["Marks", "Uses", "hashed_marks"]

Marks = Sequence[int]
"""Different numbers of 32 bits, ascending."""
_BUCKETS = 1 << 20
"""Of counts: 4 MB, however many different marks there are."""


def hashed_marks(marks: Iterable[str]) -> Marks:
    """Return the numbers of marks."""
    return array("I", sorted({crc32(mark.encode()) for mark in marks}))


class Uses:
    """How many rows have a mark; marks that share a bucket are counted together, so it may be told too high."""

    def __init__(self, rows: Iterable[Marks]) -> None:
        self._counts = array("I", bytes(4 * _BUCKETS))
        for row in rows:
            for mark in row:
                self._counts[mark % _BUCKETS] += 1

    def of(self, mark: int) -> int:
        """Return the count."""
        return self._counts[mark % _BUCKETS]
