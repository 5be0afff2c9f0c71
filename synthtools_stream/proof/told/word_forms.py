"""Words in the forms in which they are told: an attribute's name, an enum value inflected, other hyphens in a name."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["label_pattern", "value_pattern"]

_PARTS = re.compile(r"[\s_\-]+")
_SPELLED = (
    (re.compile(r"ll(?=(?:ed|ing|er|ation)s?$)"), "l"),
    (re.compile(r"(?<=[aeiou])l(?=(?:ed|ing|er|ation)s?$)"), "ll"),
    (re.compile(r"our(?=s?$|ed$|ing$)"), "or"),
    (re.compile(r"(?<=(?:ol|ab|av|rb))or(?=s?$|ed$|ing$)"), "our"),
    (re.compile(r"is(?=(?:e[ds]?|ing|ation)$)"), "iz"),
    (re.compile(r"iz(?=(?:e[ds]?|ing|ation)$)"), "is"),
)
"""How British and American spell words, one for the other."""
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
    others = {other for spelling, to in _SPELLED if (other := spelling.sub(to, low)) != low}
    return f"(?:{'|'.join(map(re.escape, [word, *sorted(others)]))})" if others else re.escape(word)


@lru_cache(maxsize=1024)
def label_pattern(keys: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern of attributes' names in prose; the group that matches tells which, in sorted order."""
    names = sorted(keys, key=lambda key: (-len(key), key))
    forms = "|".join(f"({_label(name)})" for name in names)
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])" if forms else r"(?!)", re.IGNORECASE)


def _label(name: str) -> str:
    parts = [part for part in _PARTS.split(_OPENING.sub("", name)) if part]
    return r"[\s_\-]+".join(map(_spelled, parts)) + r"(?:e?s)?"
