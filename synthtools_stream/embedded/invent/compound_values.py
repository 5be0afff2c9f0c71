"""Attributes that hold more than one value: lists of words, objects, and lists of objects.

An attribute's description says in plain words what is inside (`Extras, each with a service and a quantity`), which
is all that the tool writer and the world builder go by.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from synthtools_stream.embedded.english import a, join
from synthtools_stream.embedded.invent.field_vocabulary import general_words
from synthtools_stream.embedded.prose import capital, words
from synthtools_stream.records.blueprint import Attribute
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["compound_attribute", "invent_compound", "parts_told", "spec_of"]

_LISTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tags", ("seasonal", "trial run", "repeat visit", "night work", "weekend", "outdoors", "shared cost", "pilot")),
    ("languages", ("Dutch", "Polish", "Arabic", "Portuguese", "Swahili", "Korean", "Greek", "Turkish")),
    ("keywords", ("backlog", "handover", "north side", "second shift", "spare parts", "long lead", "new site")),
    ("conditions", ("no smoking", "escort needed", "dry storage", "two signatures", "daylight only", "quiet hours")),
    ("equipment", ("ladder", "trolley", "head lamp", "cool box", "two-way radio", "first aid kit", "tripod")),
)
_OBJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("contact", ("name", "phone")),
    ("address", ("street", "city")),
    ("dimensions", ("length", "width", "height")),
    ("billing", ("payer", "reference")),
    ("attendance", ("adults", "children")),
    ("emergency_contact", ("name", "phone")),
    ("allowance", ("hours", "budget")),
    ("meeting_point", ("street", "floor")),
)
_ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("extras", ("service", "quantity")),
    ("materials", ("article", "quantity")),
    ("instalments", ("due_date", "amount")),
    ("helpers", ("name", "duty")),
    ("costs", ("purpose", "amount")),
    ("checks", ("subject", "score")),
    ("milestones", ("title", "due_date")),
)
_PERSONAL = frozenset({"languages", "keywords", "address", "emergency_contact"})
_WHOLE = re.compile(r"^(?:quantity|adults|children|count|floor|score|hours|number)$")
_MEASURED = re.compile(r"^(?:amount|price|length|width|height|budget|weight)$")
_DATE = re.compile(r"(?:^|_)date$")
_EACH = re.compile(r"\b(?:each )?with (?P<parts>an? .+)$")
_THINGS = (
    "folding table", "power lead", "paint tin", "cable drum", "storage crate", "floor mat", "work lamp", "hand pump",
    "label roll", "filter set", "safety vest", "spare key", "dust sheet", "hose reel", "battery pack", "sign board",
)  # fmt: skip
_SERVICES = (
    "delivery", "cleaning", "parking", "translation", "photo record", "storage", "set-up", "removal", "catering",
    "rush handling", "evening shift", "site tour", "gift wrap", "insurance",
)  # fmt: skip
_DUTIES = ("driver", "note taker", "guide", "first aider", "translator", "porter", "steward", "timekeeper")
_SUBJECTS = ("access", "lighting", "noise", "paperwork", "seals", "storage", "tidiness", "labels", "fire exits")
_PURPOSES = ("travel", "printing", "fuel", "permits", "repairs", "rent", "training", "postage", "materials")
_STEPS = ("Kick-off", "First draft", "Site survey", "Half-way review", "Sign-off", "Handover", "Trial run")


def compound_attribute(taken: Sequence[str], people: bool, rng: random.Random) -> Attribute | None:
    """Return an attribute of more than one value, one that suits people or things, whose name is not taken."""
    kind = rng.choice(["list", "object", "object", "rows", "rows"] if not people else ["list", "object", "object"])
    offered = {"list": _LISTS, "object": _OBJECTS, "rows": _ROWS}[kind]
    name, inside = rng.choice([item for item in offered if item[0] in _PERSONAL] if people else offered)
    if name in taken:
        return None
    said = capital(words(name))
    if kind == "list":
        return Attribute(name=name, type="array", description=f"{said}, a list of words")
    listed = join([a(words(part)) for part in inside])
    if kind == "object":
        return Attribute(name=name, type="object", description=f"{said}, with {listed}")
    return Attribute(name=name, type="array", description=f"{said}, each with {listed}")


def parts_told(attribute: Attribute) -> list[tuple[str, str]]:
    """Return name and type of what is inside, as the attribute's description tells; empty for a list of words."""
    found = _EACH.search(attribute.description)
    if found is None:
        return []
    named = re.findall(r"\ban? ([a-z]+(?: [a-z]+)?)(?=,| and|$)", found["parts"])
    return [(name, _type_of(name)) for name in (said.strip().replace(" ", "_") for said in named)]


def _type_of(name: str) -> str:
    if _WHOLE.search(name):
        return "integer"
    return "float" if _MEASURED.search(name) else "string"


def spec_of(attribute: Attribute, said: str, noun: str) -> JsonObject:
    """Return type, items and properties of a parameter that sets the attribute."""
    parts: list[Json] = [
        {"name": name, "type": kind, "description": _part_text(name, said, noun)}
        for name, kind in parts_told(attribute)
    ]
    if attribute.type == "object":
        return {"type": "object", "properties": parts or [{"name": "text", "type": "string", "description": "Text."}]}
    if not parts:
        return {"type": "array", "items": {"name": "", "type": "string", "description": f"One of the {said}."}}
    items: JsonObject = {"name": "", "type": "object", "description": f"One of the {said} of the {noun}."}
    return {"type": "array", "items": items, "properties": parts}


def _part_text(name: str, said: str, noun: str) -> str:
    form = ", YYYY-MM-DD" if _DATE.search(name) else ", in EUR" if name in {"amount", "budget"} else ""
    unit = ", in cm" if name in {"length", "width", "height"} else ""
    return f"{capital(words(name))} in the {noun}'s {said}{form}{unit}."


def invent_compound(attribute: Attribute, rng: random.Random, day: str) -> Json:
    """Return one value of such an attribute; dates inside lie on or after `day`'s month."""
    parts = parts_told(attribute)
    if attribute.type == "object":
        return {name: _value(name, kind, rng, day) for name, kind in parts}
    if not parts:
        pool = next((values for name, values in _LISTS if name == attribute.name), _LISTS[0][1])
        return [*rng.sample(pool, rng.randint(1, 2))]
    rows: list[Json] = []
    heads: list[Json] = []
    for _ in range(rng.randint(1, 2)):
        row: JsonObject = {name: _value(name, kind, rng, day) for name, kind in parts}
        if row[parts[0][0]] not in heads:
            heads.append(row[parts[0][0]])
            rows.append(row)
    return rows


def _value(name: str, kind: str, rng: random.Random, day: str) -> Json:
    if _DATE.search(name):
        month = int(day[5:7]) % 12 + 1
        year = int(day[:4]) + (month == 1)
        return f"{year}-{month:02d}-{rng.randint(1, 28):02d}"
    if kind == "integer":
        return rng.randint(*{"hours": (4, 60), "floor": (1, 9), "score": (1, 10)}.get(name, (1, 12)))
    if kind == "float":
        return float(rng.randint(*{"amount": (20, 900), "budget": (100, 5000)}.get(name, (20, 260))))
    general = general_words()
    if name == "phone":
        return f"+00 555 {rng.randint(100000, 999999)}"
    if name == "reference":
        return f"{rng.choice('ABCDEFGHKLMNPRSTUVWXYZ')}{rng.randint(10, 99)} {rng.randint(1000, 9999)}"
    if name == "street":
        return f"{rng.randint(1, 180)} {rng.choice(general.streets)}"
    pools: dict[str, Sequence[str]] = {
        "name": general.people, "city": general.cities, "payer": general.organisations, "service": _SERVICES,
        "article": _THINGS, "duty": _DUTIES, "subject": _SUBJECTS, "purpose": _PURPOSES, "title": _STEPS,
    }  # fmt: skip
    return rng.choice(pools.get(name, _THINGS))
