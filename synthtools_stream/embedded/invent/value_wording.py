"""Say values, references and filters the way users say them, so that they can be found again word for word."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from synthtools_stream.embedded.english import a, join
from synthtools_stream.embedded.prose import words
from synthtools_stream.embedded.read import Meaning
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Phrase", "flag_label", "label_of", "say_filter", "say_flag", "say_value"]

_LEADING = re.compile(
    r"^(?:new|only|lowest|highest|earliest|latest|the|an?|whether|target|by how (?:much|many) to \w+)\s+", re.IGNORECASE
)
_TAIL = re.compile(r"\s+(?:of|for|that|to|at most|wanted|in|,)\b.*$|[,:;(].*$", re.IGNORECASE)


@dataclass(frozen=True)
class Phrase:
    """Words for a value, and the part of them that is the value."""

    text: str
    quote: str


def label_of(meaning: Meaning) -> str:
    """Return what a parameter is about, in words: its attribute, else the head of its description."""
    if meaning.attribute:
        return words(meaning.attribute).removesuffix(" id")
    text = meaning.description.strip().rstrip(".")
    previous = ""
    while previous != text:
        previous, text = text, _LEADING.sub("", text)
    return _TAIL.sub("", text).strip().lower()[:60] or words(meaning.parameter).removesuffix(" id")


def say_value(meaning: Meaning, value: Json, rng: random.Random, *, plain: bool = False) -> Phrase:
    """Return a value as a user says it: digits with unit, dates in one of two forms, wording in quotes."""
    if isinstance(value, bool):
        return Phrase("yes" if value else "no", "yes" if value else "no")
    if isinstance(value, int | float):
        text = f"{value:g}" if abs(value) < 100000 else str(int(value) if float(value).is_integer() else value)
        return Phrase(f"{text} {meaning.unit}" if meaning.unit else text, text)
    if isinstance(value, list | dict):
        text = _say_compound(meaning, value)
        return Phrase(text, text)
    if not isinstance(value, str):
        return Phrase(str(value), str(value))
    if meaning.enum:
        return Phrase(words(value), words(value))
    if meaning.takes_id:
        return Phrase(value, value)
    if meaning.format or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        text = value if plain or rng.random() < 0.5 or "T" in value else _spoken_date(value)
        return Phrase(text, text)
    return Phrase(f'"{value}"', value)


def _say_compound(meaning: Meaning, value: Json) -> str:
    """Return a list or an object in words: `2 x "delivery" and 1 x "parking"`, `name "Ana Silva" and phone "555"`."""
    units = {part.name: part.unit for part in meaning.parts}
    if isinstance(value, dict):
        return join([f"{words(name)} {_leaf(inner, units.get(name, ''))}" for name, inner in value.items()])
    if not isinstance(value, list):
        return _leaf(value, "")
    return join([_row(item, units) if isinstance(item, dict) else _leaf(item, "") for item in value])


def _row(item: JsonObject, units: Mapping[str, str]) -> str:
    texts = [value for value in item.values() if isinstance(value, str)]
    counts = [(name, value) for name, value in item.items() if isinstance(value, int) and not isinstance(value, bool)]
    if len(item) == 2 and len(texts) == 1 and len(counts) == 1 and counts[0][0] == "quantity":
        return f"{counts[0][1]} x {_leaf(texts[0], '')}"
    (first, one), *rest = item.items()
    tail = " ".join(f"{words(name)} {_leaf(value, units.get(name, ''))}" for name, value in rest)
    return f"{_leaf(one, units.get(first, ''))} with {tail}"


def _leaf(value: Json, unit: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g} {unit}".strip() if abs(value) < 100000 else f"{value} {unit}".strip()
    text = str(value)
    return text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else f'"{text}"'


def _spoken_date(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.day} {day:%B} {day.year}"


_TRUTH = re.compile(r"^whether the [\w -]+? (?P<verb>is|are|has|have) (?P<label>[\w -]+?)(?: now)?\.?$", re.IGNORECASE)


def flag_label(meaning: Meaning) -> tuple[str, bool]:
    """Return what a truth is about, and whether it is something had: (`insured`, False), (`a helipad`, True)."""
    found = _TRUTH.match(meaning.description.strip())
    return (found["label"], found["verb"].startswith("ha")) if found else (label_of(meaning), False)


def say_flag(meaning: Meaning, value: bool, subject: str) -> str:
    """Return a boolean as a statement about its subject: `it is not insured`, `that have no helipad`."""
    label, had = flag_label(meaning)
    many = subject == "that"
    if had:
        lack = re.sub(r"^an? ", "", label)
        return f"{subject} {'have' if many else 'has'} {label if value else f'no {lack}'}"
    return f"{subject} {'are' if many else 'is'}{'' if value else ' not'} {label}"


def _many(label: str) -> bool:
    """Say whether a label is a plural, or nothing that is counted, so that it takes no article."""
    heard = label.split(" ")
    plural = any(word.endswith("s") and not word.endswith(("ss", "us", "is")) for word in heard)
    return plural or heard[-1] in {"stock", "staff", "capital", "load"}


def say_filter(
    meaning: Meaning, value: Json, rng: random.Random, *, plain: bool, meant: Phrase | None = None
) -> Phrase:
    """Return one filter of a search: `with a capacity of at least 30 TEU`, `of vessel VS-1002`.

    `meant` are words for the value where they are not the value itself.
    """
    label = label_of(meaning)
    if meaning.op == "has":
        said = say_value(meaning, value, rng, plain=plain)
        return Phrase(f"with {said.text} among their {words(meaning.attribute)}", said.quote)
    if isinstance(value, bool):
        text = say_flag(meaning, value, "that")
        return Phrase(text, text)
    said = meant or say_value(meaning, value, rng, plain=plain)
    if meaning.takes_id:
        noun = meaning.noun or label
        return Phrase(rng.choice([f"of {noun} {said.text}", f"that belong to {noun} {said.text}"]), said.quote)
    if meaning.op in ("min", "max"):
        bound = "at least" if meaning.op == "min" else "at most"
        more = "or more" if meaning.op == "min" else "or less"
        some = label if _many(label) else a(label)
        form = rng.choice([f"of {bound} {said.text}", f"of {bound} {said.text}", f"of {said.text} {more}"])
        return Phrase(f"with {some} {form}", said.quote)
    if meaning.op in ("from", "until"):
        bound = rng.choice(["or later", "or after"] if meaning.op == "from" else ["or earlier", "or before"])
        before = rng.choice(["on or after", "not before"] if meaning.op == "from" else ["on or before", "not after"])
        form = f"{said.text} {bound}" if bound.endswith(("later", "earlier")) else f"{before} {said.text}"
        form = form if bound.endswith(("after", "before")) else f"of {form}"
        return Phrase(f"with {a(label)} {form}", said.quote)
    return Phrase(rng.choice([f"with {label} {said.text}", f"whose {label} is {said.text}"]), said.quote)
