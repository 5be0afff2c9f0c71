"""Text as both halves take it apart: sentences, tokens, stems, words that carry meaning; and names made of words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from synthtools_stream.embedded.english import stem, tokens
from synthtools_stream.values.slugs import slug

__all__ = [
    "capital",
    "content",
    "identifier",
    "number_in",
    "pascal",
    "sentences",
    "spans",
    "stems",
    "uncapital",
    "words",
]

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Za-z\"'(])|\s*;\s+|\n+")
_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?![\w-])")

_LONGEST_NAME = 48
"""Characters of an identifier: a parameter's name takes 60, and what is made of one has an affix (`_id`, `min_`)."""
_FILLER = frozenset(
    tokens(
        "a an the of its it his her their this that these those such same own present current"
        " currently new given now to in on for with and or be is are was as at by from has have"
        " which who what only wanted any all must not no can may after before change one other"
    )
)
_UNITS = frozenset(
    tokens(
        "ml l kg g mg t eur usd gbp nok sek km m cm mm h hour hours minute minutes min percent pct"
        " kwh kw mw usd celsius yyyy mm dd hh ss kn"
    )
)
_SAME = {"remaining": "left", "free": "left", "cost": "price", "maximal": "max", "maximum": "max", "minimum": "min"}


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[str, ...]:
    """Split prose into sentences, without their closing stop; a semicolon also ends one."""
    return tuple(part for piece in _SENTENCE.split(text) if (part := piece.strip().rstrip(".!?").strip()))


@lru_cache(maxsize=16384)
def stems(text: str) -> tuple[str, ...]:
    """Return the stems of all words of `text`, in order."""
    return tuple(stem(word) for word in tokens(text))


@lru_cache(maxsize=16384)
def content(text: str) -> tuple[str, ...]:
    """Return the stems of the words that carry meaning: no filler, no units, near synonyms folded."""
    return tuple(stem(_SAME.get(word, word)) for word in tokens(text) if word not in _FILLER and word not in _UNITS)


def spans(phrase: str, text: str, joined: str = "_") -> Iterator[tuple[int, int]]:
    """Yield where `phrase` stands in `text` as a whole, not inside a longer word; `joined` belongs to words too."""
    at = text.find(phrase) if phrase else -1
    while at >= 0:
        end = at + len(phrase)
        before, after = text[at - 1 : at] if at else "", text[end : end + 1]
        inside = any(side and (side.isalnum() or side in joined) for side in (before, after))
        if not inside:
            yield at, end
        at = text.find(phrase, at + 1)


def number_in(text: str) -> float | int | None:
    """Return the first number that stands alone in `text`."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    return float(found[0]) if "." in found[0] else int(found[0])


def words(name: str) -> str:
    """Return an identifier as words: `pickup_date` is `pickup date`."""
    return name.replace("_", " ").strip()


def identifier(phrase: str) -> str:
    """Return a phrase as an identifier: `Pickup date` becomes `pickup_date`."""
    return slug(phrase)[:_LONGEST_NAME].strip("_")


def pascal(text: str) -> str:
    """Return words as one PascalCase name."""
    parts = re.findall(r"[A-Za-z0-9]+", text)
    return "".join(part[0].upper() + part[1:] for part in parts)


def capital(text: str) -> str:
    """Return `text` with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """Return a sentence as it goes on after other words; names, ids and `I` keep their capitals."""
    word = text.split(" ", 1)[0]
    if re.fullmatch(r"[A-Z][a-z']*,?", word) and word not in {"I", "I'd", "I'm", "I've", "I'll"}:
        return text[:1].lower() + text[1:]
    return text
