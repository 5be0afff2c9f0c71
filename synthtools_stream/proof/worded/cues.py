"""A quick look at a text before a pattern is looked for: most patterns of words are found in few texts.

A cue is a pattern with the words that it can begin with. Where no word of the text begins as one of these do, the
pattern is not found there, and to know that costs a look into a set instead of a walk over the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Cue", "cue_of", "without_case", "word_heads"]

_TOKEN = re.compile(r"\w+")
_FOLDED = str.maketrans("\u0130\u0131\u017f\u212a", "iisk")
"""The four letters beyond ASCII that a pattern without case takes for an ASCII letter."""
_HEAD = 4
"""Letters of a word that are compared: as many as tell most words apart."""


class Cue(NamedTuple):
    """A pattern without case, and how the words begin of which a text has one wherever the pattern is found."""

    pattern: re.Pattern[str]
    heads: frozenset[str]

    def may_be_in(self, heads: frozenset[str]) -> bool:
        """Say whether a text with such heads may hold the pattern."""
        return not self.heads.isdisjoint(heads)


def cue_of(pattern: str, words: str) -> Cue:
    """Return a cue; `words` are all those with which the pattern can begin, or of which it always holds one."""
    return Cue(re.compile(pattern, re.IGNORECASE), word_heads(words))


def word_heads(text: str) -> frozenset[str]:
    """Return the first letters of a text's words, in lower case; all letters of short words."""
    return frozenset([word[:_HEAD] for word in _TOKEN.findall(without_case(text))])


def without_case(text: str) -> str:
    """Return a text in lower case, as patterns without case compare it with ASCII letters."""
    return text.lower() if text.isascii() else text.translate(_FOLDED).lower()
