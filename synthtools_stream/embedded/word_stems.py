"""Words as the reading sees them: sentences, tokens, stems, and phrases without filler."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["content", "number_in", "sentences", "singular", "snake", "spans", "stem", "stems", "tokens"]

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Za-z\"'(])|\s*;\s+|\n+")
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Za-z][a-z]*|\d+(?:\.\d+)?")
_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?![\w-])")

_FILLER = frozenset(
    _TOKEN.findall(
        "a an the of its it his her their this that these those such same own present current"
        " currently new given now to in on for with and or be is are was as at by from has have"
        " which who what only wanted any all must not no can may after before change one other"
    )
)
_UNITS = frozenset(
    _TOKEN.findall(
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
def tokens(text: str) -> tuple[str, ...]:
    """Return the lower-case words and numbers of prose, snake_case and CamelCase alike."""
    return tuple(match.lower() for match in _TOKEN.findall(text))


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return a crude stem, so that `cancelled` meets `cancel` and `vessels` meets `vessel`."""
    word = _singular(word)
    for suffix in ("ing", "ed"):
        if word.endswith(suffix) and len(word) > len(suffix) + 2 and re.search("[aeiouy]", word[: -len(suffix)]):
            word = word[: -len(suffix)]
            if len(word) > 2 and word[-1] == word[-2] and word[-1] != "s":
                word = word[:-1]
            break
    if word.endswith("ll") and len(word) > 4:
        word = word[:-1]
    if word.endswith("y") and len(word) > 3:
        word = word[:-1] + "i"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


_SINGULAR = {
    "people": "person", "children": "child", "shelves": "shelf", "leaves": "leaf", "knives": "knife", "axes": "axis",
    "analyses": "analysis", "crises": "crisis", "theses": "thesis", "diagnoses": "diagnosis", "men": "man",
    "women": "woman", "mice": "mouse", "geese": "goose", "feet": "foot", "quizzes": "quiz", "hooves": "hoof",
}  # fmt: skip
_ALIKE = frozenset(
    {"premises", "series", "species", "news", "equipment", "staff", "aircraft", "spacecraft", "glasses", "gas"}
)
_LONGER = re.compile(r"(?:ss|x|zz|ch|sh|us)es$")


def singular(collection: str) -> str:
    """Return the noun that a collection's name is the plural of: `group_classes` is `group class`."""
    words = list(tokens(collection))
    if words:
        words[-1] = _one_of(words[-1])
    return " ".join(words)


def _one_of(word: str) -> str:
    for ending, single in _SINGULAR.items():
        if word == ending or (len(ending) > 4 and word.endswith(ending)):
            return word[: -len(ending)] + single
    if word in _ALIKE or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if _LONGER.search(word) and word not in ("caches", "aches", "axes", "uses", "causes", "houses", "warehouses"):
        return word[:-2] if not word.endswith(("auses", "ouses")) else word[:-1]
    return word[:-1]


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


def snake(phrase: str) -> str:
    """Return a phrase as an identifier: `Pickup date` becomes `pickup_date`."""
    return "_".join(tokens(phrase))


def number_in(text: str) -> float | int | None:
    """Return the first number that stands alone in `text`."""
    found = _NUMBER.search(text)
    if found is None:
        return None
    return float(found[0]) if "." in found[0] else int(found[0])
