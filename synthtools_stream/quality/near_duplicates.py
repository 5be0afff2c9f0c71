"""Near-duplicates among many texts: an index that tells which earlier text one says over again.

MinHash with banding proposes, exact overlap of trigrams decides: so what is told is always true, and the same in any
order of asking. Few pairs at the threshold are missed, none of those that differ in a few letters only. For some dozen
texts `wording.similarity.distinct` does, without an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from synthtools_stream.errors import UsageError
from synthtools_stream.wording.similarity import NEAR_DUPLICATE, overlap, trigrams

if TYPE_CHECKING:
    from datasketch import MinHash

__all__ = ["NearDuplicates", "near_duplicates"]

_BANDS, _ROWS = 32, 4
"""Bands of a MinHash, and hashes in each: a pair that is alike to 0.7 is proposed in all but one of 5,000 cases, one at
0.3 in every fourth; which then costs a comparison. A text takes 1 KB."""
_PERMUTATIONS = _BANDS * _ROWS
"""Hashes of a text's MinHash."""


class NearDuplicates:
    """Texts by key, in the order in which they were added."""

    def __init__(self, threshold: float = NEAR_DUPLICATE) -> None:
        """Texts count as alike from an overlap of their trigrams of `threshold` on, 0 to 1.

        :raises UsageError: where datasketch is not installed.
        """
        try:
            from datasketch import MinHashLSH
        except ImportError as error:
            raise UsageError(
                "near-duplicates are found with datasketch: pip install 'synthtools-stream[duplicates]'"
            ) from error
        self._threshold = threshold
        self._index = MinHashLSH(num_perm=_PERMUTATIONS, params=(_BANDS, _ROWS))
        self._marks: dict[str, frozenset[str]] = {}
        self._places: dict[str, int] = {}

    def add(self, key: str, text: str) -> str | None:
        """Return the key of the earliest text that this one is like; None where it is new, and is remembered.

        A text that was like another is not remembered: of a chain of likenesses the first one stands.
        """
        marks = trigrams(text)
        hashed = _minhash(marks)
        proposed = map(str, self._index.query(hashed))
        alike = [other for other in proposed if overlap(self._marks[other], marks) >= self._threshold]
        if alike:
            return min(alike, key=self._places.__getitem__)
        self._index.insert(key, hashed)
        self._marks[key] = marks
        self._places[key] = len(self._places)
        return None


def near_duplicates(texts: Iterable[tuple[str, str]], threshold: float = NEAR_DUPLICATE) -> Iterator[tuple[str, str]]:
    """Yield, of (key, text) pairs, each key whose text is like an earlier one's, with the key of that.

    :raises UsageError: where datasketch is not installed.
    """
    index = NearDuplicates(threshold)
    for key, text in texts:
        earlier = index.add(key, text)
        if earlier is not None:
            yield key, earlier


def _minhash(marks: frozenset[str]) -> MinHash:
    from datasketch import MinHash

    hashed = MinHash(num_perm=_PERMUTATIONS)
    hashed.update_batch([mark.encode() for mark in marks])
    return hashed
