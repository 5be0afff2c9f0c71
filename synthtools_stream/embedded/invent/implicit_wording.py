"""Values that are meant without being said as they are: next Tuesday, 90 minutes for 1.5 hours, the fee of another.

Each way brings the value that its words say, so that the words are good ones: whoever asks tries the ways until the
tool lets the call pass.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from synthtools_stream.embedded.invent.back_references import Conversation
from synthtools_stream.embedded.invent.clause_wording import as_written
from synthtools_stream.embedded.invent.formula_wording import Derived, ToldThing, derivations, derivations_of_others
from synthtools_stream.embedded.invent.value_wording import Phrase, label_of
from synthtools_stream.embedded.prose import words as prose_words
from synthtools_stream.embedded.read import Meaning, MeaningKind, ToolReading, entities_of
from synthtools_stream.values.json_pointers import objects
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.relative_dates import WEEKDAYS, relative_dates_in
from synthtools_stream.wording.unit_table import Unit, converted_amount, unit_named

__all__ = ["Meant", "Told", "as_meant", "meant_values"]

_DAY_WORDS = (
    *("tomorrow", "the day after tomorrow", "a week from tomorrow", "a week from today", "2 weeks from today"),
    *("three weeks from today", "10 days from today", "the last day of this month", "the first of next month"),
    *("the 10th of next month", "the 15th of next month", "the 20th of next month", "the last day of next month"),
    *(f"next {name}" for name in WEEKDAYS[:5]),
    *(f"this coming {name}" for name in WEEKDAYS[:5]),
    *(f"{name} next week" for name in WEEKDAYS[:5]),
)
_SAID_IN: Mapping[str, Sequence[tuple[str, str, str]]] = MappingProxyType(
    {
        "h": (("min", "minute", "15 30 45 90 105 120 150 180"),),
        "min": (("h", "hour", "0.5 1.5 2 2.5 3 4"),),
        "s": (("min", "minute", "0.5 1.5 2 3 5 10"),),
        "day": (("week", "week", "1 2 3 4 5 6 8"),),
        "week": (("day", "day", "7 14 21 28"),),
        "kg": (("t", "tonne", "0.5 1.5 2 2.5 3"), ("g", "gram", "500 750 1500 250")),
        "g": (("kg", "kilo", "0.5 1.5 2 2.5"),),
        "t": (("kg", "kilo", "500 750 1500 2500 12500 25000"),),
        "mg": (("g", "gram", "0.5 1 1.5 2"),),
        "m": (("km", "kilometre", "0.5 1.5 2 2.5 3"), ("cm", "centimetre", "50 75 150 180 250")),
        "km": (("m", "metre", "500 800 1500 2500"),),
        "cm": (("m", "metre", "0.5 1.5 2 2.5"), ("mm", "millimetre", "50 120 250")),
        "mm": (("cm", "centimetre", "1.5 2 5 10 12 25"),),
        "l": (("ml", "millilitre", "500 750 1500"),),
        "ml": (("l", "litre", "0.5 1.5 2"),),
        "m3": (("l", "litre", "500 1500 2500"),),
        "ha": (("m2", "m2", "5000 15000 25000"),),
        "m2": (("ha", "hectare", "0.5 1.5 2"),),
        "kW": (("MW", "MW", "0.5 1.5 2"),),
        "MW": (("kW", "kW", "500 1500 2500"),),
        "kWh": (("MWh", "MWh", "0.5 1.5 2"),),
        "MWh": (("kWh", "kWh", "500 1500 2500"),),
    }
)
"""By the unit that a parameter counts in: others that people take, and in which amounts."""
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six")
_MOST_DAYS = 30
"""Days by which something is postponed at most."""
_SPAN = 1.5
"""How many times larger or smaller than others of its kind a value may be."""


@dataclass(frozen=True)
class Told:
    """What has happened so far, as far as it is shown."""

    state: JsonObject
    dialogue: Sequence[JsonObject]
    today: date


@dataclass(frozen=True)
class Meant:
    """A value for a parameter, the words that mean it, and where it comes from."""

    parameter: str
    value: Json
    said: Phrase
    grounding: JsonObject
    """As the evolver declares it, the argument left out."""


def meant_values(
    reading: ToolReading, item: Meaning, kinds: Sequence[str], arguments: JsonObject, told: Told, rng: random.Random
) -> list[Meant]:
    """Return ways to mean a value of a parameter, those of the first kinds first."""
    found: list[Meant] = []
    for kind in kinds:
        ways = [*_ways(kind, reading, item, arguments, told, rng)]
        rng.shuffle(ways)
        found += ways
    return found


def _ways(
    kind: str, reading: ToolReading, item: Meaning, arguments: JsonObject, told: Told, rng: random.Random
) -> Iterator[Meant]:
    present = arguments.get(item.parameter)
    match kind:
        case "relative_date" if item.format == "date":
            yield from _reckoned(reading, item, arguments, told, rng, dated=True)
            if _may_come(reading, item, present, told):
                yield from _from_today(item, told.today)
        case "unit" if item.unit and item.type in ("integer", "float"):
            yield from _in_other_units(item, _usual(reading, item, present, told))
        case "worked_out":
            yield from _reckoned(reading, item, arguments, told, rng, dated=False)
        case "carried_over" if item.kind is not MeaningKind.filter:  # "at least the same fee as" nobody says
            yield from _of_others(reading, item, arguments, told)
        case _:
            return


def _from_today(item: Meaning, today: date) -> Iterator[Meant]:
    for said in _DAY_WORDS:
        read = relative_dates_in(said, today)
        if read and (read[0].start, read[0].end) == (0, len(said)):
            grounding: JsonObject = {"kind": "user", "quote": said}
            yield Meant(item.parameter, read[0].day.isoformat(), Phrase(said, said), grounding)


def _may_come(reading: ToolReading, item: Meaning, present: Json, told: Told) -> bool:
    """Say whether a date of that kind lies ahead: birth dates do not."""
    others = entities_of(told.state, reading.collection).values()
    seen = [str(value)[:10] for entity in others if (value := entity.get(item.attribute))]
    drawn = str(present)[:10] if present is not None else "9999"
    return drawn > told.today.isoformat() and (not seen or max(seen) > told.today.isoformat())


def _usual(reading: ToolReading, item: Meaning, present: Json, told: Told) -> list[float]:
    """Return values like the one that is looked for: the one drawn, and those that others have."""
    drawn = [present, *(entity.get(item.attribute) for entity in entities_of(told.state, reading.collection).values())]
    return [value for value in drawn if isinstance(value, int | float) and not isinstance(value, bool) and value > 0]


def _in_other_units(item: Meaning, usual: Sequence[float]) -> Iterator[Meant]:
    wanted = unit_named(item.unit)
    if wanted is None or not usual:
        return
    least, most = min(usual) / _SPAN, max(usual) * _SPAN
    if item.kind is MeaningKind.amount:
        least, most = 0, max(most, _MOST_DAYS if wanted.name == "day" else 0)
    for name, noun, amounts in _SAID_IN.get(wanted.name, ()):
        unit = unit_named(name)
        for amount in map(Decimal, amounts.split()):
            value = _counted(item, amount, unit, wanted)
            if unit is not None and value is not None and least <= value <= most:
                said = _amount_words(amount, noun)
                grounding: JsonObject = {"kind": "derived", "formula": "converted", "inputs": [said]}
                yield Meant(item.parameter, value, Phrase(said, said), grounding)


def _counted(item: Meaning, amount: Decimal, unit: Unit | None, wanted: Unit) -> float | None:
    """Return an amount as the parameter counts it; None where it takes no such number."""
    found = converted_amount(amount, unit, wanted) if unit is not None else None
    if found is None or found != round(found, 3):
        return None
    if (item.low is not None and found < Decimal(str(item.low))) or (
        item.high is not None and found > Decimal(str(item.high))
    ):
        return None
    if item.type == "integer":
        return int(found) if found == found.to_integral_value() else None
    return float(found)


def _amount_words(amount: Decimal, noun: str) -> str:
    """Return an amount in words where people use them: `two and a half tonnes`, `half an hour`, `1,500 kilos`."""
    many = noun if noun[-1].isdigit() or noun.isupper() or noun in ("kW", "kWh", "MWh") else f"{noun}s"
    if many == noun:
        return f"{amount:,} {noun}"
    whole, half = divmod(amount, 1)
    if half == Decimal("0.5"):
        article = "an" if noun[0] in "aeiou" or noun == "hour" else "a"
        if whole == 0:
            return f"half {article} {noun}"
        if whole == 1:
            return f"{article} {noun} and a half"
        return f"{_COUNTS[int(whole)]} and a half {many}"
    if amount == 1:
        return f"1 {noun}"
    return f"{amount:,} {many}"


def _reckoned(
    reading: ToolReading, item: Meaning, arguments: JsonObject, told: Told, rng: random.Random, *, dated: bool
) -> Iterator[Meant]:
    """Yield what is worked out of what an earlier step told of the very thing."""
    for way in derivations(reading, {**arguments, item.parameter: 0}, told.state, told.dialogue, rng, plain=False):
        if way.parameter == item.parameter and (way.formula in ("add_days", "subtract_days")) is dated:
            yield as_meant(way)
    for way in derivations_of_others(item, [*_told_things(reading, item, arguments, told)], rng):
        if (way.formula in ("add_days", "subtract_days")) is dated:
            yield as_meant(way)


def as_meant(way: Derived) -> Meant:
    """Return a value that is worked out as one that is meant."""
    grounding: JsonObject = {"kind": "derived", "formula": way.formula, "inputs": [*way.inputs]}
    return Meant(way.parameter, way.value, way.said, grounding)


def _of_others(reading: ToolReading, item: Meaning, arguments: JsonObject, told: Told) -> Iterator[Meant]:
    """Yield what an earlier answer told of another thing, as it is."""
    if item.type == "boolean" or item.format == "datetime":
        return
    label = item.noun if item.takes_id and item.noun and not item.attribute else label_of(item)
    for thing in _told_things(reading, item, arguments, told):
        grounding: JsonObject = {"kind": "response", "step": thing.step, "pointer": thing.pointer}
        words = f"the {label} of {thing.name}" if item is reading.target else f"the same {label} as {thing.name}"
        yield Meant(item.parameter, thing.value, Phrase(words, words), grounding)


def _told_things(reading: ToolReading, item: Meaning, arguments: JsonObject, told: Told) -> Iterator[ToldThing]:
    """Yield the things besides those of the call of which answers told such a value: each once, the latest first."""
    wanted = item.attribute or item.parameter
    seen = {value for value in arguments.values() if isinstance(value, str)}
    for step in range(len(told.dialogue) - 1, -1, -1):
        for pointer, row in objects(told.dialogue[step].get("response")):
            key, own = next(iter(row.items()), ("", None))
            value = row.get(wanted)
            if not isinstance(own, str) or own in seen or not key.endswith("_id") or isinstance(value, list | dict):
                continue
            seen.add(own)
            if Conversation(told.dialogue, [own]).is_new(own):
                continue  # nobody but the tools knows its id
            if value is not None and not isinstance(value, bool) and value not in ("", own):
                noun = as_written(prose_words(key.removesuffix("_id")), reading)
                yield ToldThing(f"{noun} {own}", value, step, f"{pointer}/{wanted}")
