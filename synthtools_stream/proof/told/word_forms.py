"""Words in the forms in which they are told: an attribute's name, an enum value inflected, a name with other hyphens."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["label_pattern", "value_pattern"]

_PARTS = re.compile(r"[\s_\-]+")
_SPELLED = (
    (re.compile(r"ll(?=ed|ing|er|ation)"), "l"),
    (re.compile(r"our(?=\b|ed|ing|s|\[)"), "or"),
    (re.compile(r"is(?=e|ed|es|ing|ation)"), "iz"),
)
"""British spellings, by what American has for them."""
_MAX_NAME = 80
"""Characters of a value that may be inflected or hyphenated otherwise: states and names are short, texts are quoted."""
_OPENING = re.compile(r"(?:(?:is|has|can|needs|was|are|number_of|no_of|num)_)+(?=.)", re.IGNORECASE)
"""How names of attributes begin that people leave out: `is_active`, `number_of_beds`."""


@lru_cache(maxsize=8192)
def value_pattern(value: str, *, inflected: bool) -> re.Pattern[str]:
    """Return the pattern of a text in a plain message; `inflected`, for the last word of a state or kind, too."""
    text = " ".join(value.split())
    if len(text) > _MAX_NAME:
        body = r"\s+".join(map(re.escape, text.rstrip(".!").split(" ")))
        return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)
    parts = [part for part in _PARTS.split(text) if part]
    if not parts:
        return re.compile(r"(?!)")
    words = [_spelled(part) for part in parts]
    if inflected and parts[-1].isalpha() and len(parts[-1]) > 2:
        words[-1] += r"(?:e?s)?" if not parts[-1].endswith("s") else ""
        if parts[-1].endswith("s") and len(parts[-1]) > 4:
            words[-1] += "?"
    between = r"[\s_:/\-]+" if value[0].isdigit() else r"[\s_\-]+"
    before = r"(?<!\w)(?<!\w-)" if value[0].isalnum() else ""
    after = r"(?!\w|-\w)" if value[-1].isalnum() else ""
    return re.compile(before + between.join(words) + after, re.IGNORECASE)


def _spelled(word: str) -> str:
    low = word.lower()
    for british, american in _SPELLED:
        other = british.sub(american, low)
        if other != low:
            return f"(?:{re.escape(word)}|{re.escape(other)})"
    american_ed = re.fullmatch(r"(\w+[^aeiou][aeiou])l(ed|ing|er)", low)
    if american_ed:
        return rf"(?:{re.escape(word)}|{american_ed[1]}ll{american_ed[2]})"
    for american, british in (("iz", "is"), ("or", "our")):
        if american == "iz" and re.search(r"iz(?=e|ing|ation)", low):
            return f"(?:{re.escape(word)}|{re.escape(re.sub('iz(?=e|ing|ation)', british, low))})"
        if low in ("color", "colors", "colored", "labor", "favor", "harbor"):
            return f"(?:{re.escape(word)}|{re.escape(low.replace(american, british))})"
    return re.escape(word)


@lru_cache(maxsize=1024)
def label_pattern(keys: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern of attributes' names in prose; the group that matches tells which, in sorted order."""
    names = sorted(keys, key=lambda key: (-len(key), key))
    forms = "|".join(f"({_label(name)})" for name in names)
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])" if forms else r"(?!)", re.IGNORECASE)


def _label(name: str) -> str:
    parts = [part for part in _PARTS.split(_OPENING.sub("", name)) if part]
    return r"[\s_\-]+".join(map(_spelled, parts)) + r"(?:e?s)?"
