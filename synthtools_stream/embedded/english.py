"""English word forms: plurals, articles, verb forms, lists, dates. Rules first, then the irregular few."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = [
    "a",
    "base_form",
    "capital",
    "flag_words",
    "join",
    "pascal",
    "plural",
    "singular",
    "slug",
    "third_person",
    "words",
]

_IRREGULAR_PLURALS = {
    "person": "people", "child": "children", "shelf": "shelves", "leaf": "leaves", "axis": "axes", "thesis": "theses",
    "tradesperson": "tradespeople", "salesperson": "salespeople", "analysis": "analyses", "knife": "knives",
}  # fmt: skip
_SAME_PLURAL = frozenset(
    {"premises", "equipment", "staff", "series", "species", "aircraft", "spacecraft", "livestock", "sheep"}
)
_SOUNDED_H = ("hour", "heir", "honest", "honour", "honor")
_LONG_U = ("uni", "use", "usu", "eu", "one", "uti")


def words(name: str) -> str:
    """Return an identifier as words: `pickup_date` is `pickup date`."""
    return name.replace("_", " ").strip()


def slug(text: str) -> str:
    """Return a snake_case identifier made of the letters and digits of `text`."""
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:48]


def pascal(text: str) -> str:
    """Return words as one PascalCase name."""
    parts = re.findall(r"[A-Za-z0-9]+", text)
    return "".join(part[0].upper() + part[1:] for part in parts)


def capital(text: str) -> str:
    """Return `text` with a capital first letter and the rest as it is."""
    return text[:1].upper() + text[1:]


def a(noun: str) -> str:
    """Return `noun` with its indefinite article."""
    low = noun.casefold()
    vowel = low[:1] in "aeiou" and not low.startswith(_LONG_U)
    return f"{'an' if vowel or low.startswith(_SOUNDED_H) else 'a'} {noun}"


_HAD = frozenset(
    {
        "jet bridge", "gas test", "helipad", "coat of arms", "sea view", "pets", "embargo", "water trough", "pit",
        "safety plan", "hearing test", "shelter", "tracker", "sommelier", "loan", "generator",
    }
)  # fmt: skip


def flag_words(label: str, *, many: bool = False) -> str:
    """Return what a truth says of its thing: `is insured`, `has a helipad`."""
    if label not in _HAD:
        return f"{'are' if many else 'is'} {label}"
    return f"{'have' if many else 'has'} {label if label.endswith('s') and label != 'coat of arms' else a(label)}"


def plural(noun: str) -> str:
    """Return the plural of a noun phrase; its last word changes."""
    head, _, last = noun.rpartition(" ")
    return f"{head} {_plural_word(last)}".strip()


def _plural_word(word: str) -> str:
    if word in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[word]
    if word in _SAME_PLURAL:
        return word
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|ch|sh)$", word) else "s")


def singular(noun: str) -> str:
    """Return the singular of a noun phrase, as far as its ending tells."""
    head, _, last = noun.rpartition(" ")
    return f"{head} {_singular_word(last)}".strip()


def _singular_word(word: str) -> str:
    low = word.casefold()
    if low.endswith("ies") and len(low) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|x|z|ch|sh)es$", low):
        return word[:-2]
    if low.endswith("s") and not low.endswith(("ss", "us", "is", "ics")):
        return word[:-1]
    return word


def join(items: Sequence[str], word: str = "and") -> str:
    """Return a spoken list: `a`, `a and b`, `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def base_form(verb: str) -> str:
    """Return the imperative of a third-person verb: `moves` is `move`, `carries` is `carry`; others stay."""
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
