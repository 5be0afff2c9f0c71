"""Values that the words work out of an earlier one: `3 days after its visit date`, `the same fee as visit VI-1002`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from synthtools_stream.embedded.play.dialogue_recall import Past, example_prefix
from synthtools_stream.embedded.prose import content, stems
from synthtools_stream.embedded.read import Meaning, MeaningKind
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["WorkedOut", "derived_values"]

_NUMBER = r"(?<![\w.,-])(?P<n>\d+(?:\.\d+)?)"
_STEPS = r"(?<![\w.,-])(?:(?P<n>\d+)|(?P<word>an?|the|one|two|three|four|five|six))"
_OF = (
    r"(?:its|their|the|his|her) (?:(?:present|current) )?"
    r"(?P<of>[a-z][\w/%-]*(?: (?!and\b|with\b|to\b|by\b|for\b|then\b)[\w/%-]+){0,4})"
)
_OF_THING = (
    r"the (?:(?:present|current) )?(?P<of>[a-z][\w/%-]*(?: (?!(?:and|with|to|by|for|then|of)\b)[\w/%-]+){0,4}) "
    r"of (?:[a-z-]+ ){0,3}?(?P<thing>[A-Z][A-Z0-9]*-\d+)"
)
_FORMS = tuple(
    re.compile(form + of, re.IGNORECASE)
    for of in (_OF_THING, _OF)
    for form in (
        rf"{_STEPS} (?P<days>days?|weeks?|fortnights?) (?P<way>after|later than|before|earlier than) ",
        rf"{_NUMBER}(?: (?!times)\S+)? (?P<way>more|less|higher|lower) than ",
        rf"{_NUMBER} ?(?P<way>percent|%) of ",
        rf"{_NUMBER} (?P<way>times) ",
        r"\b(?P<way>twice|double|thrice|triple|half|a quarter of|three quarters of)(?: of)? ",
    )
)
"""Those of a thing that is named come first: what they have read is not read again."""
_MULTIPLES = {"twice": 2, "double": 2, "thrice": 3, "triple": 3, "half": 0.5, "a quarter of": 0.25} | {
    "three quarters of": 0.75
}
_WORDS = {"a": 1, "an": 1, "the": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SAME = re.compile(
    r"\bthe (?:(?P<same>same) )?(?P<of>[a-z][\w/%-]*(?: (?!(?:as|of)\b)[\w/%-]+){0,4}) (?(same)as|of) "
    r"(?:[a-z-]+ ){0,3}?(?P<thing>[A-Z][A-Z0-9]*-\d+)"
)
_ID = re.compile(r"[A-Z][A-Z0-9]*-\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class WorkedOut:
    """A value, what it was worked out of, and where its words stand."""

    value: Json
    of: str
    """The key of the earlier value."""
    start: int
    end: int
    same: bool = False
    """Whether it is the earlier value itself."""

    def fits(self, meaning: Meaning) -> bool:
        """Say whether a parameter takes such a value; texts and ids only where they are the earlier ones."""
        value = self.value
        if isinstance(value, str):
            if self.same and meaning.enum:
                return value in meaning.enum
            if _ID.fullmatch(value) or meaning.takes_id:
                prefix = example_prefix(meaning)
                return self.same and meaning.takes_id and (not prefix or value.startswith(prefix))
            is_day = _DAY.fullmatch(value) is not None
            return (meaning.format == "date") is is_day and (is_day or (self.same and not meaning.format))
        if isinstance(value, bool) or meaning.enum or meaning.kind is MeaningKind.limit:
            return False
        whole = isinstance(value, int | float) and float(value).is_integer()
        return meaning.type == "float" or (meaning.type == "integer" and whole)


def derived_values(turn: str, past: Sequence[Past], things: Sequence[str] = ()) -> Iterator[WorkedOut]:
    """Yield the values that the words work out; where several steps told such a value, one of these `things` counts."""
    taken: list[tuple[int, int]] = []
    for form in _FORMS:
        for found in form.finditer(turn):
            thing = found.groupdict().get("thing")
            base = _base(found["of"], past, [thing] if thing else things, only=bool(thing))
            value = _worked_out(found, base[1]) if base is not None else None
            if base is not None and value is not None and _is_free(found, taken):
                taken.append(found.span())
                yield WorkedOut(value, base[0], found.start(), found.end())
    for found in (found for found in _SAME.finditer(turn) if _is_free(found, taken)):
        base = _base(found["of"], past, [found["thing"]], only=True)
        if base is not None and (found["same"] or (isinstance(base[1], str) and _ID.fullmatch(base[1]))):
            yield WorkedOut(base[1], base[0], found.start(), found.end(), same=True)


def _is_free(found: re.Match[str], taken: Sequence[tuple[int, int]]) -> bool:
    return not any(start < found.end() and found.start() < end for start, end in taken)


def _base(words: str, past: Sequence[Past], things: Sequence[str], *, only: bool = False) -> tuple[str, Json] | None:
    """Return the key and value that the words speak of: of the things at hand, else of the latest step.

    `only` those things have it.
    """
    heard = list(content(words))
    told = [(row, key) for step in reversed(past) if step.status < 400 for row in _rows(step.response) for key in row]
    named = [pair for pair in told if (own := _named_by(pair[1], as_thing=only)) and heard[: len(own)] == own]
    at_hand = [pair for pair in named if any(value in things for value in pair[0].values() if isinstance(value, str))]
    # The longest name is meant: "loss date" is no loss.
    found = max(at_hand or ([] if only else named), key=lambda pair: len(stems(pair[1])), default=None)
    return (found[1], found[0][found[1]]) if found is not None else None


def _named_by(key: str, *, as_thing: bool) -> list[str]:
    """Return the stems of a key; `as_thing` as people say it, of `berth_id` the berth."""
    own = list(stems(key))
    return own[:-1] if as_thing and len(own) > 1 and own[-1] == "id" else own


def _rows(value: Json) -> Iterator[JsonObject]:
    if isinstance(value, dict):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _rows(part)


def _worked_out(found: re.Match[str], base: Json) -> Json:
    way = found["way"].lower()
    groups = found.groupdict()
    number = float(groups.get("n") or _WORDS.get((groups.get("word") or "").lower(), 0) or _MULTIPLES.get(way, 0))
    if isinstance(base, str):
        return _shifted(base, found, number) if way in ("after", "later than", "before", "earlier than") else None
    if isinstance(base, bool) or not isinstance(base, int | float):
        return None
    match way:
        case "more" | "higher":
            return round(base + number, 6)
        case "less" | "lower":
            return round(base - number, 6)
        case "percent" | "%":
            return round(base * number / 100, 6)
        case "times" | "twice" | "double" | "thrice" | "triple" | "half" | "a quarter of" | "three quarters of":
            return round(base * number, 6)
        case _:
            return None


def _shifted(day: str, found: re.Match[str], number: float) -> str | None:
    unit = found["days"].lower().rstrip("s")
    sign = 1 if found["way"].lower() in ("after", "later than") else -1
    days = sign * int(number) * {"week": 7, "fortnight": 14}.get(unit, 1)
    try:
        return (date.fromisoformat(day[:10]) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None
