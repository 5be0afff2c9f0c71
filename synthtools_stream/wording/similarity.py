"""How alike short texts are, and which of them say the same thing twice.

Similarity is the Jaccard overlap of character trigrams, which needs no model and treats every language alike.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

__all__ = ["NEAR_DUPLICATE", "distinct", "overlap", "similarity", "trigrams"]

NEAR_DUPLICATE = 0.7
"""Trigram overlap, 0 to 1, from which two names count as the same thing said twice: they differ in an ending or so."""


def similarity(a: str, b: str) -> float:
    """Return the trigram overlap of two texts, 0 to 1; case, spacing and punctuation do not count."""
    return overlap(trigrams(a), trigrams(b))


def overlap(first: frozenset[Hashable], second: frozenset[Hashable]) -> float:
    """Return what two sets have in common, 0 to 1: of trigrams, the similarity of their texts; one is not empty."""
    common = len(first & second)
    return common / (len(first) + len(second) - common)


def distinct(texts: Sequence[str], avoid: Sequence[str] = ()) -> list[str]:
    """Return the texts that are no near-duplicate of an earlier one or of anything in `avoid`."""
    seen = [trigrams(text) for text in avoid]
    kept: list[str] = []
    for text in texts:
        mine = trigrams(text)
        if all(overlap(mine, other) < NEAR_DUPLICATE for other in seen):
            seen.append(mine)
            kept.append(text)
    return kept


def trigrams(text: str) -> frozenset[str]:
    """Return what `overlap` compares; never empty."""
    padded = f"  {' '.join(''.join(c if c.isalnum() else ' ' for c in text.casefold()).split())} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
