"""A value that is worked out of what an earlier step told: `3 days after its present visit date`.

A user who has been told a thing's fee may ask for 10 percent of it. The formula is one of the closed list, and what it
is of is the thing that the call acts on, so that the words fit one number only.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from synthtools_stream.embedded.invent.value_wording import Phrase, label_of
from synthtools_stream.embedded.read import Meaning, MeaningKind, ToolReading, entities_of
from synthtools_stream.values.json_pointers import objects
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Derived", "ToldThing", "derivations", "derivations_of_others"]

_PERCENT = (5, 10, 15, 20, 25, 30, 40)
_TIMES = (2, 3)
_DAYS = (2, 3, 5, 7, 10, 14, 21, 28)
_SPANS = {"the day": 1, "a week": 7, "two weeks": 14, "a fortnight": 14}


@dataclass(frozen=True)
class Derived:
    """A value for a parameter, how it is worked out, and the words for it with the number that the user brings."""

    parameter: str
    value: Json
    formula: str
    inputs: tuple[str, str]
    """Each a quote of the user, or `<step>#<pointer>`."""
    said: Phrase


class ToldThing(NamedTuple):
    """What an earlier answer told of a thing."""

    name: str
    """With its noun: `visit VI-1002`."""
    value: Json
    step: int
    pointer: str

    @property
    def source(self) -> str:
        """The place of the value, as an input of a formula."""
        return f"{self.step}#{self.pointer}"


@dataclass(frozen=True)
class _Told:
    """What a step told of an attribute."""

    value: Json
    source: str
    label: str
    whose: str = ""
    """The thing, where it is another than the call acts on."""

    def words(self, present: str) -> str:
        """Return the words for the value."""
        return f"the {self.label} of {self.whose}" if self.whose else f"its {present} {self.label}"


def derivations(
    reading: ToolReading,
    arguments: Mapping[str, Json],
    state: JsonObject,
    dialogue: Sequence[JsonObject],
    rng: random.Random,
    *,
    plain: bool = True,
) -> list[Derived]:
    """Return ways to derive one of the call's values, in a random order; if not `plain`, also by `twice`, `a week`."""
    target = reading.target
    thing = arguments.get(target.parameter) if target is not None else None
    if not isinstance(thing, str):
        return []
    held = entities_of(state, reading.collection).get(thing, {})
    found: list[Derived] = []
    for item in reading.meanings:
        if item.kind not in (MeaningKind.sets, MeaningKind.amount) or arguments.get(item.parameter) is None:
            continue
        told = _told(dialogue, thing, item)
        if told is not None and told.value == held.get(item.attribute) and not isinstance(told.value, bool):
            ways = [*_ways(item, told, rng), *(() if plain else _worded_ways(item, told))]
            found += [_typed(item, way) for way in ways if _fits(item, way.value)]
    rng.shuffle(found)
    return found


def derivations_of_others(item: Meaning, things: Sequence[ToldThing], rng: random.Random) -> list[Derived]:
    """Return ways to derive a value of what answers told of other things."""
    found: list[Derived] = []
    for thing in things:
        if item.kind is MeaningKind.sets and isinstance(thing.value, str | int | float) and thing.value is not True:
            told = _Told(thing.value, thing.source, label_of(item), thing.name)
            found += [
                _typed(item, way)
                for way in (*_ways(item, told, rng), *_worded_ways(item, told))
                if _fits(item, way.value)
            ]
    return found


def _told(dialogue: Sequence[JsonObject], thing: str, item: Meaning) -> _Told | None:
    """Return what the latest step that told the attribute of this very thing has told."""
    for step in range(len(dialogue) - 1, -1, -1):
        for pointer, row in objects(dialogue[step].get("response")):
            if next(iter(row.values()), None) == thing and row.get(item.attribute) is not None:
                return _Told(row[item.attribute], f"{step}#{pointer}/{item.attribute}", label_of(item))
    return None


def _ways(item: Meaning, told: _Told, rng: random.Random) -> Iterator[Derived]:
    """Yield the formulas that suit the attribute."""
    present = rng.choice(["present", "present", "current"])
    of_it = told.words(present)

    def derived(formula: str, value: Json, quote: str, words: str, *, told_first: bool) -> Derived:
        inputs = (told.source, quote) if told_first else (quote, told.source)
        return Derived(item.parameter, value, formula, inputs, Phrase(words, quote))

    if isinstance(told.value, str) and item.format == "date" and item.kind is MeaningKind.sets:
        days = rng.choice(_DAYS)
        later = (date.fromisoformat(told.value[:10]) + timedelta(days=days)).isoformat()
        yield derived("add_days", later, f"{days} days", f"{days} days after {of_it}", told_first=True)
    if not isinstance(told.value, int | float):
        return
    number = told.value
    if item.kind is MeaningKind.amount:
        share = rng.choice(_PERCENT)
        words = f"{share} percent of {of_it}"
        yield derived("percent_of", _exact(number * share / 100), f"{share} percent", words, told_first=False)
        return
    times, step = rng.choice(_TIMES), _step(number, rng)
    unit = f" {item.unit}" if item.unit else ""
    more = f"{step}{unit} more than {of_it}"
    less = f"{step}{unit} less than {of_it}"
    yield derived("sum", _exact(number + step), str(step), more, told_first=True)
    yield derived("difference", _exact(number - step), str(step), less, told_first=True)
    yield derived("product", _exact(number * times), str(times), f"{times} times {of_it}", told_first=True)


def _worded_ways(item: Meaning, told: _Told) -> Iterator[Derived]:
    """Yield those whose number is said in other words: a week before it, twice as much."""
    of_it = told.words("present")
    if isinstance(told.value, str) and item.format == "date" and item.kind is MeaningKind.sets:
        for quote, days in _SPANS.items():
            for formula, way, sign in (("add_days", "after", 1), ("subtract_days", "before", -1)):
                day = (date.fromisoformat(told.value[:10]) + timedelta(days=sign * days)).isoformat()
                words = f"{quote} {way} {of_it}"
                yield Derived(item.parameter, day, formula, (told.source, quote), Phrase(words, quote))
    elif isinstance(told.value, int | float) and item.kind is MeaningKind.sets:
        for quote, times in (("twice", 2), ("half", 0.5)):
            words, value = f"{quote} {of_it}", _exact(told.value * times)
            yield Derived(item.parameter, value, "product", (told.source, quote), Phrase(words, quote))


def _step(number: float, rng: random.Random) -> int:
    """Return a round amount that is small beside the number."""
    size = max(1, int(abs(number) * rng.uniform(0.05, 0.3)))
    return round(size, 1 - len(str(size))) or 1


def _exact(number: float) -> float:
    return round(number, 6)


def _typed(item: Meaning, way: Derived) -> Derived:
    """Return the same with a number of the parameter's type."""
    value = way.value
    return replace(way, value=int(value)) if item.type == "integer" and isinstance(value, int | float) else way


def _fits(item: Meaning, value: Json) -> bool:
    """Say whether a value is one that the parameter takes, and that money or a measure may have."""
    if not isinstance(value, int | float):
        return True
    low, high = item.low, item.high
    within = (low is None or value >= low) and (high is None or value <= high) and value > 0
    whole = float(value).is_integer()
    return within and (whole if item.type == "integer" else round(value, 2) == value)
