"""Find words in a text as whole words, case aside or not; without a pattern for each of thousands of words."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["find_word", "holds_word", "lowered"]

_GAPS = frozenset({"", " ", "\n", ".", ",", ":", ";", "?", "!", "'", '"', "(", ")"})
"""What may stand beside any word; nothing, too, at either end of a text."""
_FOLDED = frozenset("\u0130\u0131\u017f\u212a")
"""All the letters beyond ASCII that patterns take for an ASCII letter when case is ignored."""


def find_word(text: str, word: str, *, any_case: bool = False) -> str | None:
    """Return `word` as it stands in `text` for the first time, no part of a longer word or id.

    An id must not be found inside a longer one: neither BK-10 in BK-104 nor BK-1 in BK-1-2.
    """
    low = (text, word) if not any_case else lowered(text, word)
    if low is None:
        found = _pattern(word).search(text)
        return found[0] if found else None
    where, wanted = low
    opens, closes = word[0].isalnum(), word[-1].isalnum()
    start = where.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        if text[start - 1 : start] in _GAPS and text[end : end + 1] in _GAPS:  # as it mostly is
            return text[start:end]
        if not (opens and _goes_on(text, start - 1, -1)) and not (closes and _goes_on(text, end, 1)):
            return text[start:end]
        start = where.find(wanted, start + 1)
    return None


def holds_word(text: str, word: str) -> bool:
    """Say whether `word` stands in `text` with no letter or digit beside it, case aside."""
    low = lowered(text, word)
    if low is None:
        return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None
    where, wanted = low
    start = where.find(wanted)
    while start >= 0:
        if not _is_word(text, start - 1) and not _is_word(text, start + len(wanted)):
            return True
        start = where.find(wanted, start + 1)
    return False


def lowered(text: str, word: str) -> tuple[str, str] | None:
    """Return both in lower case, where comparing those is the same as ignoring case; else None."""
    if word.isascii() and (text.isascii() or _FOLDED.isdisjoint(text)):
        return text.lower(), word.lower()
    return None


def _goes_on(text: str, place: int, step: int) -> bool:
    """Say whether a word goes on at a place, if need be after a hyphen."""
    return _is_word(text, place) or (0 <= place < len(text) and text[place] == "-" and _is_word(text, place + step))


def _is_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    before = r"(?<!\w)(?<!\w-)" if word[0].isalnum() else ""
    after = r"(?!\w|-\w)" if word[-1].isalnum() else ""
    return re.compile(before + re.escape(word) + after, re.IGNORECASE)
