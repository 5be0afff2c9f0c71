"""Fingerprints: rows of marks as bits, so that any two of many thousands are compared in less than a microsecond.

Each mark sets one bit of a few thousand, and how alike two rows are is the share of their bits that both have. What
many rows have says nothing of how they differ, and sets none.
"""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.export.hashed_marks import Marks, Uses

__all__ = ["Fingerprints"]

_BITS = 2048
"""Bits of a fingerprint: of the 60 marks of a request two share one now and then; 300 bytes a row."""
_COMMON = 0.1
"""Share of the rows from which a mark is common: `the`, `please`, `tell`."""
_FEW = 10
"""Rows that may have a mark in any case: a tenth of a few rows is none."""


class Fingerprints:
    """Those of some rows, by place."""

    def __init__(self, rows: Sequence[Marks]) -> None:
        """Take what tells the rows apart."""
        uses = Uses(rows)
        common = max(_FEW, _COMMON * len(rows))
        self._bits = [_bits([mark for mark in row if uses.of(mark) <= common]) for row in rows]
        self._counts = [bits.bit_count() for bits in self._bits]

    def alike(self, one: int, other: int) -> float:
        """Return how alike the rows of two places are, 0 to 1; those that nothing tells apart are all alike."""
        common = (self._bits[one] & self._bits[other]).bit_count()
        all_of_both = self._counts[one] + self._counts[other] - common
        return common / all_of_both if all_of_both else 1.0


def _bits(marks: Sequence[int]) -> int:
    bits = 0
    for mark in marks:
        bits |= 1 << mark % _BITS
    return bits
