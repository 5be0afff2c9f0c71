"""The tool role: a full schema, written from nothing but the signature, its siblings and the entity types."""

from __future__ import annotations

import random
from collections.abc import Sequence

from synthtools_stream.embedded.english import a, join, plural, third_person
from synthtools_stream.embedded.invent.deeds import Deed, FilterKind, attribute_of, life_cycle, type_named
from synthtools_stream.embedded.invent.input_slots import Slot, SlotKind, fill_slots
from synthtools_stream.embedded.invent.output_wording import write_outputs
from synthtools_stream.embedded.invent.parameter_wording import Writing, write_parameter
from synthtools_stream.embedded.invent.purpose_wording import filter_words, sort_words
from synthtools_stream.embedded.invent.rule_wording import WrittenRule, write_rules
from synthtools_stream.embedded.invent.signature_reader import read_signature
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import capital, pascal, words
from synthtools_stream.records.blueprint import Attribute, EntityType, Signature
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["write_tool"]

_DIFFERING = 0.6
"""Share of the assignments that refuse what is assigned already."""


def write_tool(job: Job) -> JsonObject:
    """Write the tool that the signature describes."""
    types = job.records("entity_types", EntityType)
    signature = job.record("signature", Signature)
    deed = read_signature(signature, types)
    kind = type_named(types, deed.noun) or types[0]
    slots = fill_slots(deed, signature.inputs, kind)
    differs = deed.operation is Operation.assign and _assigns_by_id(slots) and job.rng.random() < _DIFFERING
    writing = Writing(deed, kind, types, job.rng, _optional(deed, slots, job.rng), differs)
    rules = write_rules(slots, writing)
    return {
        "tool_description": _description(writing)[:300],
        "parameters": [write_parameter(slot, writing) for slot in slots],
        "error_messages": [*_errors(slots, rules, writing)],
        "usage": _usage(rules, writing),
        "output_details": [*write_outputs(signature.outputs, writing)],
    }


def _assigns_by_id(slots: Sequence[Slot]) -> bool:
    return any(slot.attribute and slot.attribute.references for slot in slots)


def _optional(deed: Deed, slots: Sequence[Slot], rng: random.Random) -> tuple[str, ...]:
    """Return the names of the parameters that may be left out."""
    names = [slot.name for slot in slots if slot.kind not in {SlotKind.target, SlotKind.limit}]
    limits = tuple(slot.name for slot in slots if slot.kind is SlotKind.limit)
    match deed.operation:
        case Operation.search:
            fixed = [slot.name for slot in slots if slot.attribute and slot.attribute.references][:1]
            keep = fixed or (names[:1] if rng.random() < 0.5 else [])
            return (*[name for name in names if name not in keep], *limits)
        case Operation.update if len(names) > 1:
            return tuple(names)
        case Operation.create:
            spare = [slot.name for slot in slots if slot.attribute and _spare(slot)]
            return (rng.choice(spare),) if len(spare) > 1 and rng.random() < 0.6 else ()
        case _:
            return ()


def _spare(slot: Slot) -> bool:
    attribute = slot.attribute
    if attribute is None or attribute.references or attribute.volatile or attribute.format or attribute.enum:
        return False
    return attribute.type != "string"


def _description(writing: Writing) -> str:
    deed, noun = writing.deed, writing.kind.name
    text = _DESCRIPTIONS[deed.operation](writing, noun)
    if writing.rng.random() < 0.35:
        verb = deed.verb.partition(" ")[0]
        text = third_person(verb) + text.removeprefix(verb) if text.startswith(verb) else text
    return f"{capital(text)}."


def _get_text(writing: Writing, noun: str) -> str:
    listed = _some_attributes(writing)
    verb, rng = writing.deed.verb, writing.rng
    texts = [
        f"{verb} one {noun} by its id",
        f"{verb} a single {noun} with its {listed}",
        f"{verb} one {noun}: its {listed}",
        f"{verb} a given {noun} with its {listed}",
        f"{verb} {a(noun)} with what is on file about it: {listed}",
        f"{verb} the {noun} with a given id",
    ]
    return rng.choice(texts)


def _some_attributes(writing: Writing) -> str:
    found = [attribute_of(writing.kind, name) for name in writing.deed.attributes[:4]]
    return join([writing.said(item) for item in found if item]) or "details"


def _search_text(writing: Writing, noun: str) -> str:
    deed, many, rng = writing.deed, plural(noun), writing.rng
    parts = [
        filter_words(item, writing.kind, writing.types) for item in deed.filters if item.kind is not FilterKind.limit
    ]
    ways = [f" by {join(parts)}", f" that match a given {join(parts, 'or')}", f", narrowed by {join(parts)}"]
    by = rng.choice([*ways, f" with a view to {join(parts)}", f" filtered by {join(parts)}"]) if parts else ""
    order = sort_words(deed, writing.kind, writing.types) if rng.random() < 0.4 else ""
    return f"{deed.verb} {many}{by}{f', {order}' if order else ''}"


def _create_text(writing: Writing, noun: str) -> str:
    deed, rng = writing.deed, writing.rng
    word = rng.choice(["about", "on"]) if _worded(writing) else "for"
    target = f" {word} {a(deed.other)}" if deed.other else ""
    found = [attribute_of(writing.kind, name) for name in deed.attributes if name != "text"]
    listed = join([writing.said(item) for item in found[:3] if item and not item.references])
    tail = f" with its {listed}" if listed and rng.random() < 0.35 else ""
    return f"{deed.verb} {rng.choice([f'a new {noun}', f'a new {noun}', a(noun)])}{target}{tail}"


def _worded(writing: Writing) -> bool:
    """Say whether what is made is words about something, such as a notice."""
    return any(item.volatile for item in writing.kind.attributes)


def _update_text(writing: Writing, noun: str) -> str:
    found = [attribute_of(writing.kind, name) for name in writing.deed.attributes]
    said = [writing.said(item) for item in found if item]
    verb = writing.deed.verb
    return writing.rng.choice(
        [
            f"{verb} the {join(said, 'or')} of {a(noun)}",
            f"{verb} {a(noun)} in its {join(said, 'or')}",
            f"{verb} {a(noun)}: its {join(said)}",
        ]
    )


def _transition_text(writing: Writing, noun: str) -> str:
    verb, _, state = writing.deed.verb.partition(" as ")
    tail = f" as {state}" if state else ""
    found = [attribute_of(writing.kind, name) for name in writing.deed.attributes]
    recorded = join([writing.said(item) for item in found if item])
    if recorded:
        return f"{verb} {a(noun)}{tail} and record its {recorded}"
    states = join([words(name) for name in writing.deed.states], "or")
    ends = ["", "", " by its id", f" that is {states}" if states else ""]
    return f"{verb} {a(noun)}{tail}{writing.rng.choice(ends)}"


def _assign_text(writing: Writing, noun: str) -> str:
    deed = writing.deed
    other = writing.rng.choice([a(deed.other), f"another {deed.other}"]) if writing.differs else a(deed.other)
    return f"{deed.verb} {a(noun)} to {other}" if deed.onward else f"{deed.verb} {other} to {a(noun)}"


def _adjust_text(writing: Writing, noun: str) -> str:
    text = f"{writing.deed.verb} the {_some_attributes(writing)} of {a(noun)}"
    moved = attribute_of(writing.kind, writing.deed.attributes[0]) if writing.deed.attributes else None
    by = " by a given number of days" if moved and moved.format else " by a given amount"
    return text + writing.rng.choice(["", by])


def _delete_text(writing: Writing, noun: str) -> str:
    return writing.rng.choice([f"{writing.deed.verb} {a(noun)}", f"{writing.deed.verb} {a(noun)} for good"])


_DESCRIPTIONS = {
    Operation.get: _get_text,
    Operation.search: _search_text,
    Operation.create: _create_text,
    Operation.update: _update_text,
    Operation.transition: _transition_text,
    Operation.assign: _assign_text,
    Operation.adjust: _adjust_text,
    Operation.delete: _delete_text,
}


def _usage(rules: Sequence[WrittenRule], writing: Writing) -> str:
    effects = _effects(writing)
    told = [rule.text for rule in rules]
    sentences = [*told, *effects] if writing.rng.random() < 0.6 else [*effects, *told]
    return " ".join(sentences)[:1200]


_READS = (
    "Read-only.", "Read-only: nothing changes.", "Reads only.", "Changes nothing.", "It only reads.",
    "Nothing is changed by it.",
)  # fmt: skip


def _effects(writing: Writing) -> list[str]:
    deed, kind = writing.deed, writing.kind
    match deed.operation:
        case Operation.get:
            return [writing.rng.choice(_READS)]
        case Operation.search:
            return [writing.rng.choice(_READS), _order_text(writing), *_match_text(writing)]
        case Operation.create:
            return [_creation(writing), *_secondary(writing)]
        case Operation.update:
            return [_update(writing)]
        case Operation.transition:
            return [_setting(kind, deed.to, writing.rng)]
        case Operation.assign:
            return [_assignment(writing), *_secondary(writing)]
        case Operation.adjust:
            return [_adjustment(writing)]
        case _:
            ends = [f"Removes the {kind.name} for good.", f"Deletes the {kind.name} permanently."]
            return [writing.rng.choice([*ends, f"Erases the {kind.name} for good."])]


def _order_text(writing: Writing) -> str:
    """Return how a list is sorted, and what decides where that says nothing."""
    lead = writing.rng.choice(["sorted", "sorted", "ordered", "listed"])
    order = sort_words(writing.deed, writing.kind, writing.types).replace("sorted", lead, 1)
    return f"{capital(order)}; ties by id, nulls last." if order else f"{capital(lead)} by id."


def _match_text(writing: Writing) -> list[str]:
    """Return how texts are compared that a search filters by."""
    compared = [attribute_of(writing.kind, item.attribute) for item in writing.deed.filters]
    if not any(part and part.type in {"string", "array"} and not _is_closed(part) for part in compared):
        return []
    told = ["Texts match as a whole, in any case.", "Texts match whole, upper and lower case alike."]
    return [writing.rng.choice(told)]


def _is_closed(attribute: Attribute) -> bool:
    return bool(attribute.enum or attribute.format or attribute.references)


def _update(writing: Writing) -> str:
    noun, said = writing.kind.name, _some_attributes(writing)
    one = [f"Sets the {noun}'s {said} to what is given.", f"Sets the {said} of the {noun} to the given one."]
    several = ["Changes only what is given.", "Only the values given are changed; what is not given stays."]
    return writing.rng.choice(several if len(writing.deed.attributes) > 1 else one)


def _assignment(writing: Writing) -> str:
    noun, said, other = writing.kind.name, _some_attributes(writing), writing.deed.other
    return writing.rng.choice(
        [
            f"Sets the {noun}'s {said} to the given {other}.",
            f"The {noun}'s {said} becomes the given {other}.",
            f"Changes the {noun}'s {said} to that {other}.",
        ]
    )


def _adjustment(writing: Writing) -> str:
    deed, noun, said = writing.deed, writing.kind.name, _some_attributes(writing)
    moved = attribute_of(writing.kind, deed.attributes[0]) if deed.attributes else None
    if moved and moved.format:
        way = writing.rng.choice(["postpones", "delays", "extends"]) if deed.up else "brings forward"
        return f"{capital(way)} the {noun}'s {said} by that many days."
    way = writing.rng.choice(["raises", "increases"] if deed.up else ["lowers", "reduces", "decreases"])
    owned = writing.rng.choice([f"the {noun}'s {said}", f"the {said} of the {noun}"])
    return f"{capital(way)} {owned} by that amount."


def _creation(writing: Writing) -> str:
    cycle = life_cycle(writing.kind)
    rng, one = writing.rng, a(writing.kind.name)
    makes = rng.choice(["Creates", "Creates", "Registers", "Opens", "Adds", "Records"])
    if cycle is None or not writing.deed.to:
        return f"{makes} {one}."
    name, to = words(cycle.name), words(writing.deed.to)
    return rng.choice([f"{makes} {one} with {name} {to}.", f"{makes} {one} whose {name} is {to}."])


def _setting(kind: EntityType, to: str, rng: random.Random, also: str = "") -> str:
    cycle = life_cycle(kind)
    name, said, noun = words(cycle.name) if cycle else "status", words(to), kind.name
    if also:
        return rng.choice([f"Also sets the {noun}'s {name} to {said}.", f"Also, the {noun}'s {name} becomes {said}."])
    return rng.choice(
        [
            f"Sets the {noun}'s {name} to {said}.",
            f"The {noun}'s {name} becomes {said}.",
            f"Sets the {name} of the {noun} to {said}.",
            f"Changes the {noun}'s {name} to {said}.",
            f"The {noun}'s {name} goes to {said}.",
            f"Afterwards the {noun}'s {name} is set to {said}.",
            f"On success, the {noun}'s {name} moves to {said}.",
            f"From then on, the {noun}'s {name} is set to {said}.",
            f"The {noun} becomes {said}.",
        ]
    )


def _secondary(writing: Writing) -> list[str]:
    other = type_named(writing.types, writing.deed.other)
    to = writing.deed.other_to
    return [_setting(other, to, writing.rng, "also")] if other and to else []


def _errors(slots: Sequence[Slot], rules: Sequence[WrittenRule], writing: Writing) -> list[str]:
    errors: list[str] = []
    for slot in slots:
        noun = _id_noun(slot, writing)
        if noun:
            hint = writing.rng.choice(
                [f"check {slot.name}", "check the id", f"look the {noun} up first", "mind the digits", "ask for its id"]
            )
            label = writing.rng.choice([f"Unknown{pascal(noun)}", f"{pascal(noun)}NotFound", f"No{pascal(noun)}"])
            said = writing.rng.choice([f"no {noun} has this id", f"there is no {noun} with this id"])
            errors.append(f"{label}: {said}; {hint}")
    errors = list(dict.fromkeys([*errors[:3], *[rule.error[:300] for rule in rules]]))
    return errors[:8]


def _id_noun(slot: Slot, writing: Writing) -> str:
    if slot.kind is SlotKind.target:
        return writing.kind.name
    return writing.referred(slot.attribute) if slot.attribute and slot.attribute.references else ""
