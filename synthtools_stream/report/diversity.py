"""How unlike each other requests are: distinct n-grams, entropy of words, near-duplicates, and the Vendi score.

What takes the comparison of all pairs is told of a sample: the requests whose ids have the least digests, the same ones
whatever the order.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple, TypeAlias

from synthtools_stream.records import Task
from synthtools_stream.report.figure_kinds import Count, Score, Section, Share
from synthtools_stream.values.lineages import lineage
from synthtools_stream.wording.similarity import overlap, trigrams

__all__ = ["Diversity"]

SAMPLE = 600
"""Requests of which all pairs are compared: 180,000 pairs, a second or two; a Vendi score hardly moves beyond."""
_GRAMS = (1, 2, 3)
_NGRAMS_OF = 5_000
"""Requests whose n-grams are counted, the first: distinct shares fall with the size of a corpus, so that no more than
these are comparable anyway, and some hundred thousand n-grams take 40 MB."""
_ALIKE = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Trigram overlaps of the near-duplicate curve."""
_WORD = re.compile(r"[^\W_]+")


_Marked: TypeAlias = tuple[frozenset[str], str]
"""The trigrams of a request, and its field."""


class _Said(NamedTuple):
    request: str
    field: str


class Diversity:
    """Requests, as they come."""

    title = "diversity"

    def __init__(self) -> None:
        self._seen = self._counted = 0
        self._grams: dict[int, Counter[int]] = {size: Counter() for size in _GRAMS}
        self._openings: Counter[tuple[str, ...]] = Counter()
        self._sample: list[tuple[int, _Said]] = []

    def add(self, task: Task) -> None:
        """Take note of a request; a variant's says its base's again."""
        if task.meta.twist is not None:
            return
        self._seen += 1
        words = _WORD.findall(task.summary.lower())
        if self._counted < _NGRAMS_OF:
            self._counted += 1
            self._openings[tuple(words[:3])] += 1
            for size, grams in self._grams.items():
                grams.update(hash(gram) for gram in zip(*(words[at:] for at in range(size)), strict=False))
        place = int.from_bytes(blake2b(lineage(task.id).encode(), digest_size=8).digest(), "big")
        kept = (-place, _Said(task.summary, task.field))
        if len(self._sample) < SAMPLE:
            heapq.heappush(self._sample, kept)
        else:
            heapq.heappushpop(self._sample, kept)

    def figures(self) -> Section:
        """Return what they add up to; of nothing, nothing."""
        if not self._seen:
            return {}
        found: Section = {
            # No shares of draws: how many are new depends on how many came before.
            f"distinct-{size}": Score(len(grams) / grams.total())
            for size, grams in self._grams.items()
            if grams
        }
        found["entropy of words, bits"] = Score(_entropy(self._grams[1]))
        found["distinct openings of three words"] = Score(len(self._openings) / self._counted)
        sample = [said for _, said in sorted(self._sample)]
        if len(sample) > 1:
            found["compared with each other"] = Count(len(sample))
            found |= dict(_duplicate_curve(sample))
            found["Vendi score"] = Score(vendi_score([said.request for said in sample]))
        return found


def _entropy(counts: Counter[int]) -> float:
    total = counts.total()
    return -sum(count / total * math.log2(count / total) for count in counts.values()) if total else 0.0


def _duplicate_curve(sample: Sequence[_Said]) -> Iterator[tuple[str, Share]]:
    """Yield, for each overlap, how many requests have an earlier one that is as like; also of their own field, and of
    another one, where there are several.
    """
    marks = [(trigrams(said.request), said.field) for said in sample]
    own, other = zip(*(_nearest(mine, islice(marks, at)) for at, mine in enumerate(marks)), strict=True)
    nearest = {"": [*map(max, own, other)]}
    if len({said.field for said in sample}) > 1:
        nearest |= {" in its field": [*own], " in another field": [*other]}
    for where, found in nearest.items():
        for least in _ALIKE:
            yield f"with an earlier one{where} alike to {least}", Share(sum(one >= least for one in found), len(sample))


def _nearest(mine: _Marked, earlier: Iterable[_Marked]) -> tuple[float, float]:
    """Return the overlap with the nearest of the same field, and with that of any other; 0 where there is none."""
    own = other = 0.0
    for marks, field in earlier:
        alike = overlap(mine[0], marks)
        if field == mine[1]:
            own = max(own, alike)
        else:
            other = max(other, alike)
    return own, other


def vendi_score(texts: Sequence[str]) -> float:
    """Return how many texts that have nothing in common are as diverse as these: from 1 to their number.

    Likeness is the cosine of TF-IDF vectors. Of order 2, which takes no eigenvalues: the inverse of the mean squared
    likeness over all pairs; it counts rare differences less than the order 1 does.

    Source: Friedman and Dieng, The Vendi score (2022); Pasarkar and Dieng, Cousins of the Vendi score (2023).
    """
    bags = [Counter(_WORD.findall(text.lower())) for text in texts]
    rows = Counter(word for bag in bags for word in bag)
    vectors = [_unit({word: n * math.log(1 + len(texts) / rows[word]) for word, n in bag.items()}) for bag in bags]
    posts: dict[str, list[tuple[int, float]]] = {}
    squares = 0.0
    for at, vector in enumerate(vectors):
        likeness: dict[int, float] = {}
        for word, weight in vector.items():
            for other, theirs in posts.get(word, ()):
                likeness[other] = likeness.get(other, 0.0) + weight * theirs
            posts.setdefault(word, []).append((at, weight))
        squares += 1.0 + 2.0 * sum(value * value for value in likeness.values())
    return len(texts) ** 2 / squares


def _unit(vector: dict[str, float]) -> dict[str, float]:
    size = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {word: weight / size for word, weight in vector.items()}
