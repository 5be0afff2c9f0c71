"""Filter and sample short texts: drop near-duplicates, then keep the most different ones.

Similarity is the Jaccard overlap of character trigrams, which needs no model and treats every language alike. When
more candidates were made than are kept, greedy max-min selection starts with the first and adds, again and again, the
candidate whose nearest neighbour among the kept is farthest away (ties go to the earlier one).
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["NEAR_DUPLICATE", "distinct", "overlap", "select_novel", "similarity", "trigrams"]

NEAR_DUPLICATE = 0.7
"""Trigram overlap, 0 to 1, from which two names count as the same thing said twice: they differ in an ending or so."""


def similarity(a: str, b: str) -> float:
    """Return the trigram overlap of two texts, 0 to 1; case, spacing and punctuation do not count."""
    return overlap(trigrams(a), trigrams(b))


def overlap(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the similarity of two texts whose trigrams these are; for those who compare a text many times."""
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


def select_novel(texts: Sequence[str], count: int) -> list[str]:
    """Return `count` of the texts, as different from each other as greedy max-min makes them, in given order."""
    if len(texts) <= count:
        return list(texts)
    chosen = [0]
    all_trigrams = [trigrams(text) for text in texts]
    nearest = [overlap(mine, all_trigrams[0]) for mine in all_trigrams]
    while len(chosen) < count:
        best = min((i for i in range(len(texts)) if i not in chosen), key=lambda i: nearest[i])
        chosen.append(best)
        added = all_trigrams[best]
        nearest = [max(near, overlap(mine, added)) for near, mine in zip(nearest, all_trigrams, strict=True)]
    return [texts[i] for i in sorted(chosen)]


def trigrams(text: str) -> frozenset[str]:
    """Return what `overlap` compares; never empty."""
    padded = f"  {' '.join(''.join(c if c.isalnum() else ' ' for c in text.casefold()).split())} "
    return frozenset(padded[i : i + 3] for i in range(len(padded) - 2))
