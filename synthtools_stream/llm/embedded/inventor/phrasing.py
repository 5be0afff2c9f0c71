"""Say values, references and filters the way users say them, so that they can be found again word for word."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date

from synthtools_stream.jsontypes import Json
from synthtools_stream.llm.embedded.inventor.words import a, words
from synthtools_stream.llm.embedded.reading import Meaning, ToolReading

__all__ = ["Said", "label_of", "say_filter", "say_flag", "say_value"]

_LEADING = re.compile(
    r"^(?:new|only|lowest|highest|earliest|latest|the|an?|whether|target|by how (?:much|many) to \w+)\s+", re.IGNORECASE
)
_TAIL = re.compile(r"\s+(?:of|for|that|to|at most|wanted|in|,)\b.*$|[,:;(].*$", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
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


def say_value(meaning: Meaning, value: Json, rng: random.Random, *, plain: bool = False) -> Said:
    """Return a value as a user says it: digits with unit, dates in one of two forms, wording in quotes."""
    if isinstance(value, bool):
        return Said("yes" if value else "no", "yes" if value else "no")
    if isinstance(value, int | float):
        text = f"{value:g}" if abs(value) < 100000 else str(int(value) if float(value).is_integer() else value)
        return Said(f"{text} {meaning.unit}" if meaning.unit else text, text)
    if not isinstance(value, str):
        return Said(str(value), str(value))
    if meaning.enum:
        return Said(value.replace("_", " "), value.replace("_", " "))
    if meaning.takes_id:
        return Said(value, value)
    if meaning.format or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        text = value if plain or rng.random() < 0.5 or "T" in value else _spoken_date(value)
        return Said(text, text)
    return Said(f'"{value}"', value)


def _spoken_date(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.day} {day:%B} {day.year}"


def say_flag(label: str, value: bool, subject: str) -> str:
    """Return a boolean as a statement about its subject: `it is not insured`."""
    verb = "are" if subject == "that" else "is"
    return f"{subject} {verb}{'' if value else ' not'} {label}"


def say_filter(meaning: Meaning, value: Json, reading: ToolReading, rng: random.Random, *, plain: bool) -> Said:
    """Return one filter of a search: `with a capacity of at least 30 TEU`, `of vessel VS-1002`."""
    label = label_of(meaning)
    if isinstance(value, bool):
        text = say_flag(label.removeprefix("the ").removeprefix(f"{reading.noun}s are "), value, "that")
        return Said(text, text)
    said = say_value(meaning, value, rng, plain=plain)
    if meaning.takes_id:
        noun = meaning.noun or label
        return Said(rng.choice([f"of {noun} {said.text}", f"that belong to {noun} {said.text}"]), said.quote)
    if meaning.op in ("min", "max"):
        bound = "at least" if meaning.op == "min" else "at most"
        return Said(f"with {a(label)} of {bound} {said.text}", said.quote)
    if meaning.op in ("from", "until"):
        bound = rng.choice(["or later", "or after"] if meaning.op == "from" else ["or earlier", "or before"])
        before = rng.choice(["on or after", "not before"] if meaning.op == "from" else ["on or before", "not after"])
        form = f"{said.text} {bound}" if bound.endswith(("later", "earlier")) else f"{before} {said.text}"
        return Said(f"with {a(label)} {form}", said.quote)
    return Said(rng.choice([f"with {label} {said.text}", f"whose {label} is {said.text}"]), said.quote)
