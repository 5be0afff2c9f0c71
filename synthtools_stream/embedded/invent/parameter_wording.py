"""Write parameters: type, description, bounds and defaults, in one of several wordings each."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.english import a, join, plural
from synthtools_stream.embedded.invent.compound_values import parts_told, spec_of
from synthtools_stream.embedded.invent.deeds import Deed, spoken
from synthtools_stream.embedded.invent.field_vocabulary import flag_words
from synthtools_stream.embedded.invent.input_slots import Slot, SlotKind
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import capital, words
from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Writing", "bounds_of", "write_parameter"]

_SPAN = re.compile(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)")
_FORMATS = {"date": "date", "datetime": "date-time-local"}
"""Formats of parameters, by those of attributes: the state's times have no zone."""
_UNIT = re.compile(r" in ([^,]+)")


@dataclass(frozen=True)
class Writing:
    """What the wording of one tool's parts rests on."""

    deed: Deed
    kind: EntityType
    types: Sequence[EntityType]
    rng: random.Random
    optional: tuple[str, ...] = ()
    """Names of the parameters that may be left out, in order."""
    differs: bool = False
    """Whether what is assigned must be another one than before: only then the texts say `another`."""

    def said(self, attribute: Attribute) -> str:
        """Return an attribute as the tool's texts call it."""
        return spoken(attribute, self.types)

    def referred(self, attribute: Attribute) -> str:
        """Return the noun that a reference leads to."""
        return next((kind.name for kind in self.types if kind.collection == attribute.references), "record")


def _unit_of(attribute: Attribute) -> str:
    """Return the unit that an attribute's description tells."""
    match = _UNIT.search(attribute.description)
    return match[1].strip() if match and attribute.type in {"integer", "float"} else ""


def bounds_of(attribute: Attribute) -> tuple[float, float] | None:
    """Return the range that an attribute's description tells."""
    match = _SPAN.search(attribute.description)
    return (float(match[1]), float(match[2])) if match else None


def write_parameter(slot: Slot, writing: Writing) -> JsonObject:
    """Return the parameter for one slot."""
    required = slot.name not in writing.optional
    base: JsonObject = {"name": slot.name, "type": "string", "required": required, "description": ""}
    written: JsonObject = {**base, **_WRITERS[slot.kind](slot, writing)}
    attribute = slot.attribute
    if attribute is not None and attribute.format and "YYYY-MM-DD" in str(written["description"]):
        written["format"] = _FORMATS[attribute.format]
    return written


def _target(_slot: Slot, writing: Writing) -> JsonObject:
    noun, prefix = writing.kind.name, writing.kind.id_prefix
    verb = writing.deed.verb.partition(" as ")[0]
    example = f"{prefix}{writing.rng.randint(1001, 1060)}"
    aim = f" to {verb}" if " " not in verb else ""
    return {
        "description": writing.rng.choice(
            [
                f"Id of the {noun}{aim}, such as {example}.",
                f"Id of the {noun}.",
                f"Id of the {noun}, such as {example}.",
                f"Id of the {noun} in question.",
                f"Id of the {noun}, like {example}.",
                f"Id of that {noun} ({example}, for one).",
            ]
        )
    }


def _sets(slot: Slot, writing: Writing) -> JsonObject:
    attribute = slot.attribute
    if attribute is None:
        return _free(slot, writing)
    if attribute.references:
        return {"description": _reference_text(attribute, writing)}
    said, noun = writing.said(attribute), writing.kind.name
    creating = writing.deed.operation is Operation.create
    if attribute.type == "boolean":
        return {"type": "boolean", "description": f"Whether the {noun} {flag_words(said)}{'' if creating else ' now'}."}
    if attribute.type in {"array", "object"}:
        return {"description": _compound_text(attribute, writing), **spec_of(attribute, said, noun)}
    if attribute.volatile:
        return {"description": _wording_text(said, noun, writing.rng)}
    fresh = "" if creating else "New "
    form = _form(attribute)
    texts = [f"{fresh}{said} of the {noun}{form}.", f"The {noun}'s {fresh.lower()}{said}{form}."]
    if creating:
        texts.append(f"{said} of the new {noun}{form}.")
    text = capital(writing.rng.choice(texts))
    return {"type": attribute.type, "description": text, **_limits(attribute, writing)}


def _compound_text(attribute: Attribute, writing: Writing) -> str:
    said, noun = writing.said(attribute), writing.kind.name
    fresh = "" if writing.deed.operation is Operation.create else "New "
    inside = [words(name) for name, _ in parts_told(attribute)]
    if not inside:
        tail = writing.rng.choice(["one or more", "as a list", "each a word or two"])
    else:
        tail = f"{'each ' if attribute.type == 'array' else ''}with {join([a(part) for part in inside])}"
    return capital(f"{fresh}{said} of the {noun}, {tail}.")


def _wording_text(said: str, noun: str, rng: random.Random) -> str:
    # A limit stands in a rule or nowhere: what only a description says, no tool refuses.
    return rng.choice(
        [f"{capital(said)} of the {noun} in plain words.", f"{capital(said)} of the {noun}, in one's own words."]
    )


def _reference_text(attribute: Attribute, writing: Writing) -> str:
    target, noun = writing.referred(attribute), writing.kind.name
    said = writing.said(attribute)
    if writing.deed.operation is Operation.create:
        return writing.rng.choice(
            [
                f"Id of the {target} for the {noun}'s {said}.",
                f"Id of the {target} of the {noun}.",
                f"Id of the {target} that the {noun} is for.",
                f"Id of the {target} to enter as the {noun}'s {said}.",
            ]
        )
    return writing.rng.choice(
        [
            f"Id of the {target} for the {noun}'s {said}.",
            f"Id of the {target} that becomes the {noun}'s {said}.",
            f"Id of the {target} to put in as the {noun}'s {said}.",
        ]
    )


def _form(attribute: Attribute) -> str:
    unit = _unit_of(attribute)
    if attribute.format == "date":
        return ", YYYY-MM-DD"
    if attribute.format == "datetime":
        return ", YYYY-MM-DDTHH:MM:SS"
    return f", in {unit}" if unit else ""


def _limits(attribute: Attribute, writing: Writing) -> JsonObject:
    limits: JsonObject = {}
    if attribute.enum:
        limits["enum"] = [*attribute.enum]
    span = bounds_of(attribute)
    if span and attribute.type in {"integer", "float"}:
        limits["minimum"] = min(0.0, span[0])
        if writing.rng.random() < 0.5:
            limits["maximum"] = span[1]
    return limits


def _equal(slot: Slot, writing: Writing) -> JsonObject:
    attribute, many = slot.attribute, plural(writing.kind.name)
    if attribute is None:
        return _free(slot, writing)
    said = writing.said(attribute)
    if attribute.references:
        target = writing.referred(attribute)
        return {"description": f"Only {many} of this {target}: its id."}
    if attribute.type == "boolean":
        return {"type": "boolean", "description": f"Whether the {many} {flag_words(said, many=True)}."}
    if attribute.type == "array":
        return {"description": f"Only {many} that have this among their {said}."}
    form = _form(attribute) if attribute.format else ""
    text = [
        f"Only {many} with this {said}{form}.",
        f"Only {many} whose {said} is this{form}.",
        f"Only {many} with this {said}{_form(attribute)}.",
    ]
    enum: JsonObject = {"enum": [*attribute.enum]} if attribute.enum else {}
    return {"type": attribute.type, "description": writing.rng.choice(text), **enum}


def _least(slot: Slot, writing: Writing) -> JsonObject:
    return _bound(slot, writing, "Earliest", "Lowest")


def _most(slot: Slot, writing: Writing) -> JsonObject:
    return _bound(slot, writing, "Latest", "Highest")


def _bound(slot: Slot, writing: Writing, dated: str, measured: str) -> JsonObject:
    attribute = slot.attribute
    if attribute is None:
        return _free(slot, writing)
    first = dated if attribute.format else measured
    wanted = writing.rng.choice(["wanted", "wanted", "acceptable"])
    return {"type": attribute.type, "description": f"{first} {writing.said(attribute)} {wanted}{_form(attribute)}."}


def _limit(_slot: Slot, writing: Writing) -> JsonObject:
    many, rng = plural(writing.kind.name), writing.rng
    text = rng.choice(
        [
            f"How many {many} to return at most.",
            f"How many {many} to list at most.",
            f"Largest number of {many} to return.",
            f"At most this many {many} are listed.",
        ]
    )
    default: Json = rng.choice([3, 5, 5, 10])
    return {"type": "integer", "description": text, "default": default, "minimum": 1, "maximum": 20}


def _amount(slot: Slot, writing: Writing) -> JsonObject:
    attribute = slot.attribute
    said = writing.said(attribute) if attribute else "amount"
    unit = _unit_of(attribute) if attribute else ""
    if attribute and attribute.format:
        way = "postpone" if writing.deed.up else "bring forward"
        texts = [f"By how much to {way} the {said}, in days.", f"By how many days to {way} the {said}, in days."]
        return {"type": "integer", "description": texts[0], "minimum": 1, "maximum": 120}
    way = "raise" if writing.deed.up else "lower"
    text = f"By how much to {way} the {said}{f', in {unit}' if unit else ''}."
    kind = attribute.type if attribute and attribute.type in {"integer", "float"} else "integer"
    return {"type": kind, "description": text, "minimum": 1 if kind == "integer" else 0.1}


def _free(slot: Slot, _writing: Writing) -> JsonObject:
    return {"description": f"{capital(words(slot.name))}, plain text."}


_WRITERS = {
    SlotKind.target: _target,
    SlotKind.sets: _sets,
    SlotKind.equal: _equal,
    SlotKind.least: _least,
    SlotKind.most: _most,
    SlotKind.limit: _limit,
    SlotKind.amount: _amount,
    SlotKind.free: _free,
}
