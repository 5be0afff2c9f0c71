"""Signs that a reader does not see or takes for others: no task needs them, and an agent may read them otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from synthtools_stream.proof.worded.word_flaw import Finding

__all__ = ["character_findings"]

CHECK = "characters"
_LETTERS = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[\x20-\x7e\n\t]*\Z")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Categories of Unicode whose characters nobody sees: controls, zero-width and turning signs, private use."""
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "KATAKANA-HIRAGANA"})
"""Scripts that are written together in one word."""
_LIKE_LATIN = frozenset("АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧονι")
"""Letters of other scripts that look like Latin ones."""


def character_findings(name: str, text: str) -> Iterator[Finding]:
    """Yield what of a text is not as it looks; `name` says which text it is."""
    if _PLAIN.match(text):
        return
    for problem in _problems(text):
        yield Finding(CHECK, f"{name} {problem}")


@lru_cache(maxsize=1024)
def _problems(text: str) -> tuple[str, ...]:
    return tuple(_found(text))


def _found(text: str) -> Iterator[str]:
    for char in dict.fromkeys(text):
        if unicodedata.category(char) in _HIDDEN and char not in "\n\t":
            yield f"holds the invisible character U+{ord(char):04X}: leave it out"
        elif (
            char.isalnum()
            and not char.isascii()
            and (plain := unicodedata.normalize("NFKC", char)).isascii()
            and char not in "ªº²³¹"
        ):
            yield f"holds '{char}' (U+{ord(char):04X}), which looks like {plain}: write that"
        elif char.isdecimal() and not char.isascii():
            yield f"holds the digit U+{ord(char):04X} of another script: write digits as 0 to 9"
    for word in dict.fromkeys(_LETTERS.findall(text)):
        if len(_scripts(word)) > 1:
            yield f"mixes scripts in the word '{word[:40]}'"
        elif not word.isascii() and _LIKE_LATIN.issuperset(word) and re.search(r"[A-Za-z]{2}", text):
            yield f"writes '{word[:40]}' in letters that only look Latin"


def _scripts(word: str) -> set[str]:
    if word.isascii():
        return {"LATIN"}
    signs = {char for char in word if "GREEK" in unicodedata.name(char, "?")} - _LIKE_LATIN  # Δp, TNFα
    names = {unicodedata.name(char, "?").split()[0] for char in set(word) - signs if char.isalpha()}
    names -= {"MODIFIER", "MASCULINE", "FEMININE", "MICRO", "OHM"}
    return {"CJK" if name in _EAST_ASIAN else name for name in names}
