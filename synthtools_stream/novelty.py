"""Filter and sample short texts: drop near-duplicates, then keep the most different ones.

Similarity is the Jaccard overlap of character trigrams, which needs no model and treats every language alike. When
more candidates were made than are kept, greedy max-min selection starts with the first and adds, again and again, the
candidate whose nearest neighbour among the kept is farthest away (ties go to the earlier one).
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["NEAR_DUPLICATE", "distinct", "select_novel", "similarity"]

NEAR_DUPLICATE = 0.7
"""Trigram overlap from which two names count as the same thing said twice."""


def similarity(a: str, b: str) -> float:
    """Return the trigram overlap of two texts, 0 to 1; case, spacing and punctuation do not count."""
    first, second = _trigrams(a), _trigrams(b)
    return len(first & second) / len(first | second)


def distinct(texts: Sequence[str], avoid: Sequence[str] = ()) -> list[str]:
    """Return the texts that are no near-duplicate of an earlier one or of anything in `avoid`."""
    kept: list[str] = []
    for text in texts:
        if all(similarity(text, other) < NEAR_DUPLICATE for other in (*avoid, *kept)):
            kept.append(text)
    return kept


def select_novel(texts: Sequence[str], count: int) -> list[str]:
    """Return `count` of the texts, as different from each other as greedy max-min makes them, in given order."""
    if len(texts) <= count:
        return list(texts)
    chosen = [0]
    nearest = [similarity(text, texts[0]) for text in texts]
    while len(chosen) < count:
        best = min((i for i in range(len(texts)) if i not in chosen), key=lambda i: nearest[i])
        chosen.append(best)
        nearest = [max(near, similarity(text, texts[best])) for near, text in zip(nearest, texts, strict=True)]
    return [texts[i] for i in sorted(chosen)]


def _trigrams(text: str) -> frozenset[str]:
    padded = f"  {' '.join(''.join(c if c.isalnum() else ' ' for c in text.casefold()).split())} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
