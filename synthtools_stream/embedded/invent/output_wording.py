"""Write what a successful response holds."""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.embedded.english import plural
from synthtools_stream.embedded.invent.deeds import attribute_of, life_cycle
from synthtools_stream.embedded.invent.parameter_wording import Writing
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import identifier
from synthtools_stream.records.blueprint import Attribute
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["write_outputs"]


def write_outputs(names: Sequence[str], writing: Writing) -> list[JsonObject]:
    """Return an output for each name, the first for want of any being the id."""
    chosen = list(names) or [f"{identifier(writing.kind.name)}_id"]
    match writing.deed.operation:
        case Operation.search:
            return [_found(name, place, writing) for place, name in enumerate(chosen)]
        case Operation.get if len(chosen) == 1 and attribute_of(writing.kind, chosen[0]) is None:
            return [_whole(chosen[0], writing)]
        case _:
            return [_single(name, place, writing) for place, name in enumerate(chosen)]


def _found(name: str, place: int, writing: Writing) -> JsonObject:
    many, rng = plural(writing.kind.name), writing.rng
    if place == 0:
        lead = rng.choice([f"Matching {many}", f"The {many} found", f"{many.capitalize()} that match"])
        return {"name": name, "type": "array", "description": f"{lead}: {', '.join(_listed_keys(writing))}."}
    text = rng.choice([f"How many {many} match.", f"Number of {many} that match."])
    return {"name": name, "type": "integer", "description": text}


def _listed_keys(writing: Writing) -> list[str]:
    """Return the keys of one listed entity: its id, what it was searched and sorted by, and what decides about it."""
    kind, deed = writing.kind, writing.deed
    plain = [item for item in kind.attributes if not item.volatile]
    cycle = life_cycle(kind)
    told = {deed.sort, cycle.name if cycle else "", *(item.attribute for item in deed.filters)}
    more = [item.name for item in plain if item.name not in told]
    told |= set(writing.rng.sample(more, min(len(more), 2)))
    return [f"{identifier(kind.name)}_id", *[item.name for item in plain if item.name in told]]


def _whole(name: str, writing: Writing) -> JsonObject:
    kind = writing.kind
    keys = writing.deed.attributes or tuple(item.name for item in kind.attributes)
    told = ", ".join([f"{identifier(kind.name)}_id", *keys])
    return {"name": name, "type": "object", "description": f"The {kind.name}: {told}."[:300]}


def _single(name: str, place: int, writing: Writing) -> JsonObject:
    noun = writing.kind.name
    attribute = attribute_of(writing.kind, name)
    if attribute is None and place == 0:
        text = f"Id of the new {noun}." if writing.deed.operation is Operation.create else _id_text(noun, writing)
        return {"name": name, "type": "string", "description": text}
    if attribute is None:
        return {"name": name, "type": "string", "description": f"Id of the {noun}."}
    return {"name": name, "type": attribute.type, "description": _attribute_text(attribute, writing)}


def _id_text(noun: str, writing: Writing) -> str:
    done = {Operation.delete: "removed", Operation.get: "found"}.get(writing.deed.operation, "changed")
    return writing.rng.choice([f"Id of the {noun}.", f"Id of the {noun} {done}."])


def _attribute_text(attribute: Attribute, writing: Writing) -> str:
    owned = f"The {writing.kind.name}'s {writing.said(attribute)}"
    if attribute.references:
        owned = f"Id of the {writing.kind.name}'s {writing.said(attribute)}"
    if writing.deed.operation in {Operation.get, Operation.create}:
        return f"{owned}."
    return f"{owned} {writing.rng.choice(['after the change', 'now'])}."
