"""Sentences of a plain text, and the one that holds a place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache

__all__ = ["sentence_around", "sentences"]

_END = re.compile(r"(?<=[!?;])|(?<=\.)(?=\s|$)|\n")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a line ends one, too."""
    return [one.strip() for one in _END.split(text) if one.strip()]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence begins and ends that holds a place of a text."""
    openings, closings = _ends(text)
    before, behind = bisect_right(openings, start), bisect_left(closings, end)
    return (openings[before - 1] if before else 0), (closings[behind] if behind < len(closings) else len(text))


@lru_cache(maxsize=8)
def _ends(text: str) -> tuple[list[int], list[int]]:
    """Return behind and before which marks sentences end, in order."""
    marks = list(_END.finditer(text))
    return [mark.end() for mark in marks], [mark.start() for mark in marks]
