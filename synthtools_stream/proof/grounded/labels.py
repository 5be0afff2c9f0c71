"""Labels: the words by which a turn says which parameter a value is for, and how far from them a value stands."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.proof.worded.text_mentions import Reading
from synthtools_stream.proof.worded.word_stems import name_stems, stem

__all__ = ["alike", "distance", "is_heard", "label_of"]

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
_LETTERS = re.compile(r"[^\W\d_]+")


class _Word(NamedTuple):
    stem: str
    start: int
    end: int


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


def is_heard(label: Collection[str], reading: Reading) -> bool:
    """Say whether a text has a word of a label."""
    return any(alike(word.stem, part) for word in _words(reading.rest) for part in label)


def distance(label: Collection[str], reading: Reading, start: int, end: int) -> float | None:
    """Return how many words stand between a label and a place of a text; None where the label is not said."""
    gaps: list[float] = []
    for part in label:
        own = [_gap(reading.text, word, start, end) for word in _words(reading.rest) if alike(word.stem, part)]
        if own:
            gaps.append(min(own))
    return sum(gaps) / len(gaps) if gaps else None


@lru_cache(maxsize=256)
def _words(rest: str) -> tuple[_Word, ...]:
    """Return the words beside a text's mentions, small ones too: `end` and `other` are labels."""
    return tuple(_Word(stem(found[0]), found.start(), found.end()) for found in _LETTERS.finditer(rest))


def _gap(text: str, word: _Word, start: int, end: int) -> float:
    between = text[word.end : start] if word.end <= start else text[end : word.start]
    if not between or between == " ":
        return 0
    stops = between.count(".") + between.count("?") + between.count("!") + between.count(";")
    return len(_WORD.findall(between)) + _COMMA * between.count(",") + _STOP * stops
