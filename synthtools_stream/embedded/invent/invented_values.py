"""Invent believable values for attributes: names of people and places, dates, amounts, codes."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import date, timedelta

from synthtools_stream.embedded.invent.compound_values import invent_compound
from synthtools_stream.embedded.invent.field_vocabulary import general_words, known_thing
from synthtools_stream.embedded.invent.parameter_wording import bounds_of
from synthtools_stream.embedded.prose import words
from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.values.jsontypes import Json

__all__ = ["distinct_values", "invent_text"]

_PAST = re.compile(
    r"birth|found|acquired|purchas|issued|last|since|built|made|received|harvest|opened|joined|hired|manufactur|"
    r"reported|logged|recorded|created|submitted|incident|start"
)
_FRONT = (
    "Amber", "Birch", "Cedar", "Dune", "Ember", "Falcon", "Granite", "Harbour", "Iris", "Juniper", "Kestrel", "Linden",
    "Meadow", "North", "Orchid", "Pine", "Quartz", "River", "Silver", "Tidal", "Upland", "Violet", "Willow", "Zephyr",
)  # fmt: skip
_BACK = (
    "Bay", "Court", "Crest", "Field", "Gate", "Grove", "Hall", "House", "Lane", "Line", "Mill", "Point", "Ridge",
    "Row", "Square", "Stone", "Vale", "View", "Works", "Yard",
)  # fmt: skip
_PEOPLE = re.compile(
    r"person|owner|customer|client|patient|manager|contact|teacher|student|author|artist|driver|officer|guest|tenant|"
    r"employee|doctor|nurse|member|technician|inspector|instructor|coach|player|donor|applicant|supervisor|buyer|"
    r"operator|engineer|analyst|editor|reporter|surname|holder|lead$|by$|assignee|recipient|requester|witness|pilot"
)
_FIRMS = re.compile(
    r"shipper|company|supplier|vendor|brand|agency|organi[sz]ation|employer|sponsor|carrier|publisher|maker"
)
_SITES = re.compile(r"\b(?:site|venue|location|room|place)\b")
_PLACES = re.compile(
    r"\b(?:city|town|port|origin|destination|location|venue|region|site|country|station|district|place)\b"
)


def distinct_values(attribute: Attribute, kind: EntityType, count: int, now: date, rng: random.Random) -> list[Json]:
    """Return `count` values, distinct wherever the type allows, so that entities can be told apart and sorted."""
    if attribute.enum:
        return list(_around(attribute.enum, count, rng))
    if attribute.format:
        return _dates(attribute, count, now, rng)
    match attribute.type:
        case "integer" | "float":
            return _numbers(attribute, count, rng)
        case "boolean":
            return list(_around([True, False], count, rng))
        case "array" | "object":
            return [invent_compound(attribute, rng, now.isoformat()) for _ in range(count)]
        case _:
            return [*invent_text(attribute, kind, count, rng)]


def _around(values: Sequence[Json], count: int, rng: random.Random) -> list[Json]:
    """Return every value in turn, in a random order, so that each occurs as soon as there is room."""
    turns: list[Json] = []
    while len(turns) < count:
        turns += rng.sample(list(values), len(values))
    return turns[:count]


def _dates(attribute: Attribute, count: int, now: date, rng: random.Random) -> list[Json]:
    span = range(-700, -5) if _PAST.search(attribute.name) else range(2, max(60, 3 * count))
    days = rng.sample(span, min(count, len(span)))
    clock = f"T{rng.randint(8, 17):02d}:00:00" if attribute.format == "datetime" else ""
    return [f"{(now + timedelta(days=day)).isoformat()}{clock}" for day in days]


def _numbers(attribute: Attribute, count: int, rng: random.Random) -> list[Json]:
    low, high = bounds_of(attribute) or (1.0, 100.0)
    if attribute.type == "integer":
        first, last = round(low), max(round(high), round(low) + 1)
        pool = range(first, last + 1)
        return list(rng.sample(pool, count)) if len(pool) >= count else [rng.choice(pool) for _ in range(count)]
    step = 0.5 if high - low < 100 else 10.0 if high - low > 2000 else 1.0
    steps = max(int((high - low) / step), 1)
    picks = rng.sample(range(steps + 1), count) if steps + 1 >= count else [rng.randint(0, steps) for _ in range(count)]
    return [round(low + pick * step, 2) for pick in picks]


def invent_text(attribute: Attribute, kind: EntityType, count: int, rng: random.Random) -> list[str]:
    """Return distinct texts that suit the attribute's name and its thing."""
    thing = known_thing(kind.name, attribute.name)
    labels = list(thing.labels) if thing and thing.label == attribute.name else []
    trait = thing.trait(attribute.name) if thing else None
    if trait is not None and trait.values and not labels:
        return [str(value) for value in _around(trait.values, count, rng)]
    if labels and len(labels) < count:
        labels += _relabelled(labels, rng)
    if len(labels) < count:
        labels += [text for text in _composed(attribute, kind, rng, count + 4) if text not in labels]
    rng.shuffle(labels)
    return labels[:count]


_TITLES = (
    "Signed form", "Site sketch", "Cost overview", "Inspection sheet", "Delivery slip", "Photo set", "Meeting notes",
    "Insurance letter", "Permit copy", "Test results", "Parts list", "Time sheet", "Handover sheet", "Risk check",
    "Price comparison", "Consent form", "Floor plan", "Damage report", "Reference letter", "Revised terms",
)  # fmt: skip
_TAILS = ("North", "South", "East", "West", "II", "III")
_NUMBERS = ("2", "3", "B")


def _relabelled(labels: Sequence[str], rng: random.Random) -> list[str]:
    """Return more labels of the same make: halves of two-word names put together anew, else a telling tail."""
    pairs = [label.split(" ") for label in labels]
    if all(len(pair) == 2 and pair[0][:1].isupper() and pair[1][:1].isupper() for pair in pairs):
        made = [f"{one[0]} {other[1]}" for one in pairs for other in pairs if one[1] != other[1]]
    elif all(label[:1].isupper() and len(label.split(" ")) < 3 for label in labels):
        made = [f"{label} {tail}" for label in labels for tail in _TAILS]
    else:
        made = [f"{label} {number}" for label in labels for number in _NUMBERS]
    fresh = [label for label in dict.fromkeys(made) if label not in labels]
    rng.shuffle(fresh)
    return fresh


def _composed(attribute: Attribute, kind: EntityType, rng: random.Random, count: int) -> list[str]:
    name = attribute.name
    if attribute.volatile or name in {"text", "note", "notes", "message", "remarks", "comment"}:
        return _drawn(general_words().notes, count, rng)
    if name in {"title", "heading"}:
        return _drawn(_TITLES, count, rng)
    if "reason" in name:
        return _drawn(general_words().reasons, count, rng)
    if "mail" in name:
        return [
            f"{person.split()[0].lower()}@{_BACK[n % 20].lower()}.example"
            for n, person in enumerate(_drawn(general_words().people, count, rng))
        ]
    if "phone" in name:
        return [f"+00 555 {rng.randint(1000, 9999)}{number:02d}" for number in range(count)]
    if "address" in name or "street" in name:
        return [
            f"{number} {street}" for number, street in enumerate(_drawn(general_words().streets, count, rng), start=11)
        ]
    if re.search(r"code|number|serial|plate|sku|barcode", name):
        return [
            f"{chr(65 + rng.randint(0, 25))}{chr(65 + rng.randint(0, 25))}{rng.randint(100, 999)}{n}"
            for n in range(count)
        ]
    if _PLACES.search(words(name)):
        return _drawn(general_words().sites if _SITES.search(words(name)) else general_words().cities, count, rng)
    if _PEOPLE.search(name) or (name == "name" and _PEOPLE.search(kind.name)):
        return _drawn(general_words().people, count, rng)
    if _FIRMS.search(name):
        return _drawn(general_words().organisations, count, rng)
    return [f"{front} {back}" for front, back in _pairs(_FRONT, _BACK, count, rng)]


def _drawn(known: Sequence[str], count: int, rng: random.Random) -> list[str]:
    return rng.sample(known, min(count, len(known)))


def _pairs(left: Sequence[str], right: Sequence[str], count: int, rng: random.Random) -> list[tuple[str, str]]:
    chosen = rng.sample(range(len(left) * len(right)), min(count, len(left) * len(right)))
    return [(left[pick % len(left)], right[pick // len(left)]) for pick in chosen]
