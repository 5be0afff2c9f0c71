"""English word forms, for whoever writes and whoever reads: plurals, stems, articles, verb forms, lists.

Rules first, then the irregular few.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["a", "base_form", "join", "plural", "singular", "stem", "third_person", "tokens"]

_PLURALS = {
    "person": "people", "child": "children", "shelf": "shelves", "leaf": "leaves", "knife": "knives", "axis": "axes",
    "analysis": "analyses", "crisis": "crises", "thesis": "theses", "diagnosis": "diagnoses", "man": "men",
    "woman": "women", "mouse": "mice", "goose": "geese", "foot": "feet", "quiz": "quizzes", "hoof": "hooves",
    "tradesperson": "tradespeople", "salesperson": "salespeople",
}  # fmt: skip
"""Plurals that no rule makes."""
_SINGULARS = {many: one for one, many in _PLURALS.items()}
_ALIKE = frozenset(
    {
        "premises", "equipment", "staff", "series", "species", "news", "aircraft", "spacecraft", "livestock", "sheep",
    }
)  # fmt: skip
"""One and many are the same word."""
_NO_PLURALS = frozenset({"glasses", "gas"})
"""They end like plurals and are none."""
_SOUNDED_H = ("hour", "heir", "honest", "honour", "honor")
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Za-z][a-z]*|\d+(?:\.\d+)?")
_LONG_U = ("uni", "use", "usu", "eu", "one", "uti")
"""Openings that sound otherwise than they are spelt, so that the article differs."""


def a(noun: str) -> str:
    """Return `noun` with its indefinite article."""
    low = noun.casefold()
    vowel = low[:1] in "aeiou" and not low.startswith(_LONG_U)
    return f"{'an' if vowel or low.startswith(_SOUNDED_H) else 'a'} {noun}"


def plural(noun: str) -> str:
    """Return the plural of a noun phrase; its last word changes."""
    head, _, last = noun.rpartition(" ")
    return f"{head} {_plural_word(last)}".strip()


def _plural_word(word: str) -> str:
    if word in _PLURALS:
        return _PLURALS[word]
    if word in _ALIKE:
        return word
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|ch|sh)$", word) else "s")


def join(items: Sequence[str], word: str = "and") -> str:
    """Return a spoken list: `a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


@lru_cache(maxsize=16384)
def tokens(text: str) -> tuple[str, ...]:
    """Return the lower-case words and numbers of prose, snake_case and CamelCase alike."""
    return tuple(match.lower() for match in _TOKEN.findall(text))


_LONGER = re.compile(r"(?:ss|x|zz|ch|sh|us)es$")


def singular(collection: str) -> str:
    """Return the noun that a collection's name is the plural of: `group_classes` is `group class`."""
    words = list(tokens(collection))
    if words:
        words[-1] = _one_of(words[-1])
    return " ".join(words)


def _one_of(word: str) -> str:
    for ending, single in _SINGULARS.items():
        if word == ending or (len(ending) > 4 and word.endswith(ending)):
            return word[: -len(ending)] + single
    if word in _ALIKE or word in _NO_PLURALS or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if _LONGER.search(word) and word not in ("caches", "aches", "axes", "uses", "causes", "houses", "warehouses"):
        return word[:-2] if not word.endswith(("auses", "ouses")) else word[:-1]
    return word[:-1]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Return a crude stem, so that `cancelled` meets `cancel` and `vessels` meets `vessel`."""
    word = _without_plural(word)
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


def _without_plural(word: str) -> str:
    # Cruder than `singular` on purpose: verbs are stemmed, too, and "uses" must meet "use" and "using".
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def base_form(verb: str) -> str:
    """Return the imperative of a third-person verb: `moves` is `move`, `carries` is `carry`; others stay."""
    # Other endings than nouns have: "goes" is "go", and no verb is an exception as "glasses" or "shelves" is.
    low = verb.casefold()
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if re.search(r"(ss|x|zz|ch|sh)es$", low) or low in {"goes", "does"}:
        return low[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    return low


def third_person(verb: str) -> str:
    """Return the third-person form of an imperative; its first word changes: `hand over` is `hands over`."""
    first, _, rest = verb.partition(" ")
    if re.search(r"[^aeiou]y$", first):
        ended = first[:-1] + "ies"
    else:
        ended = first + ("es" if re.search(r"(?:s|x|z|ch|sh|o)$", first) else "s")
    return f"{ended} {rest}".strip()
