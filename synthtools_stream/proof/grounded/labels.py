"""Labels: the words by which a turn says which parameter a value is for, and how far from them a value stands."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from synthtools_stream.proof.worded.reading import Reading
from synthtools_stream.proof.worded.word_stems import Word, name_stems, stem

__all__ = ["alike", "distance", "heard", "label_of"]

_HOLLOW = frozenset(
    stem(word)
    for word in """
    a an the of to for in on at by with and or is are has have be id ids new old min max minimum maximum value only
    least most number count how many much from until up
    """.split()  # noqa: SIM905  (a list of words reads better as words)
)
"""Words of names that stand in a turn for other reasons, or not at all."""
_WORD = re.compile(r"\w+")
_COMMA, _STOP = 2, 6
"""Words that a comma and the end of a sentence count for: beyond them a label seldom reaches."""
_FAMILY = 4
"""Letters that words of one family share: `arrive` and `arrival`."""


@lru_cache(maxsize=4096)
def label_of(name: str) -> frozenset[str]:
    """Return the stems of a parameter's name that tell what it is about."""
    return frozenset(name_stems(name)) - _HOLLOW


@lru_cache(maxsize=16384)
def alike(one: str, other: str) -> bool:
    """Say whether two stems are of one word family."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= _FAMILY and longer.startswith(shorter)


def heard(label: Collection[str], reading: Reading) -> list[Word]:
    """Return the words of a text that a label is made of."""
    return [word for word in reading.words if any(alike(word.stem, part) for part in label)]


def distance(label: Collection[str], reading: Reading, start: int, end: int) -> float | None:
    """Return how many words stand between a label and a place of a text; None where the label is not said."""
    gaps: list[float] = []
    for part in label:
        own = [_gap(reading.text, word, start, end) for word in reading.words if alike(word.stem, part)]
        if own:
            gaps.append(min(own))
    return sum(gaps) / len(gaps) if gaps else None


def _gap(text: str, word: Word, start: int, end: int) -> float:
    between = text[word.end : start] if word.end <= start else text[end : word.start]
    if not between or between == " ":
        return 0
    stops = between.count(".") + between.count("?") + between.count("!") + between.count(";")
    return len(_WORD.findall(between)) + _COMMA * between.count(",") + _STOP * stops
