"""What a tool responds: exactly the keys of its outputs, in agreement with state and changes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from synthtools_stream.embedded.play.played_call import PlayedCall, found_entity
from synthtools_stream.embedded.play.tool_changes import Draft, Place
from synthtools_stream.embedded.prose import identifier, stems
from synthtools_stream.embedded.read import MeaningKind, OutputKind, OutputMeaning, entities_of, found_ids, joined
from synthtools_stream.programs.prelude import order
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Answer", "answer"]

_NAMES = ("Marlow", "Ostend", "Bryn", "Calder", "Ivo", "Sorrel", "Tamsin", "Wick")
_NOTHING: Mapping[str, Json] = {"string": "done", "integer": 0, "float": 0.0, "array": [], "object": {}}
"""What stands for a value, by type, where the state tells none and none may be imagined."""


@dataclass
class Answer:
    """A response, and what had to be supplied for it."""

    response: JsonObject = field(default_factory=dict)
    imagined: list[str] = field(default_factory=list)


def answer(call: PlayedCall, draft: Draft) -> Answer:
    """Return the response of a call that succeeds."""
    made = Answer()
    found = found_ids(call.reading, call.arguments, call.state)
    for output in call.reading.outputs:
        made.response[output.key] = _value(call, draft, output, found, made)
    return made


def _value(call: PlayedCall, draft: Draft, output: OutputMeaning, found: list[str], made: Answer) -> Json:
    if output.kind is OutputKind.count:
        return len(_shown(call, found)) if "return" in output.description.lower() else len(found)
    if output.kind is OutputKind.list:
        return _list(call, output, found, made)
    if output.kind is OutputKind.unknown:
        return _unknown(call, output, made)
    place = _place(call, draft, output)
    if place is None:
        return call.arguments.get(output.key) if call.typed else _unknown(call, output, made)
    if output.kind is OutputKind.id:
        return place[1]
    after = draft.after(call, place)
    if output.kind is OutputKind.entity:
        return _shape(output, place, after, call)
    if output.attribute not in after and not call.typed:
        return _unknown(call, output, made)
    return after.get(output.attribute)


def _place(call: PlayedCall, draft: Draft, output: OutputMeaning) -> Place | None:
    made = next((place for place in draft.created if place[0] == output.collection), None)
    return made or found_entity(call, output.collection)


def _shape(output: OutputMeaning, place: Place, attributes: JsonObject, call: PlayedCall) -> JsonObject:
    if output.keys:
        return {key: _cell(call, attributes, place, attribute, key) for key, attribute in output.keys}
    kind = call.reading.vocabulary.kind(place[0])
    noun = identifier(kind.noun) if kind is not None else "entity"
    return {f"{noun}_id": place[1], **attributes}


def _cell(call: PlayedCall, attributes: JsonObject, place: Place, attribute: str, key: str) -> Json:
    if not attribute:
        return place[1]
    if attribute != "?":
        return attributes.get(attribute)
    return _joined(call, attributes, place[0], key)


def _joined(call: PlayedCall, attributes: JsonObject, collection: str, key: str) -> Json:
    found = joined(call.reading.vocabulary, collection, key)
    if found is None:
        return None
    link, other, shown = found
    return entities_of(call.state, other).get(str(attributes.get(link)), {}).get(shown)


def _shown(call: PlayedCall, found: list[str]) -> list[str]:
    limit = next((call.arguments.get(m.parameter) for m in call.reading.of_kind(MeaningKind.limit)), None)
    return found[: max(0, limit)] if isinstance(limit, int) else found


def _list(call: PlayedCall, output: OutputMeaning, found: list[str], made: Answer) -> Json:
    collection = output.collection
    if not collection or (call.state is None and not call.typed):
        return _imagined_list(call, output, made)
    if collection != call.reading.collection:
        target = found_entity(call, call.reading.collection)
        found = _referring(call, collection, target)
    entities = entities_of(call.state, collection)
    return [_shape(output, (collection, name), entities[name], call) for name in _shown(call, found)]


def _referring(call: PlayedCall, collection: str, target: Place | None) -> list[str]:
    kind = call.reading.vocabulary.kind(collection)
    link = kind.reference_to(call.reading.collection) if kind is not None else None
    held = order(entities_of(call.state, collection).items())
    return [name for name, entity in held if target is None or link is None or entity.get(link.name) == target[1]]


def _unknown(call: PlayedCall, output: OutputMeaning, made: Answer) -> Json:
    """Supply what the state does not tell; in a typed state only what the call itself says."""
    if output.key in call.arguments:
        return call.arguments[output.key]
    if output.type == "boolean":
        return True
    if call.typed:
        return _NOTHING.get(output.type)
    if output.type == "object":
        value: Json = {key: _invent(key, call.rng, index) for index, (key, _) in enumerate(output.keys)}
    else:
        value = _invent(output.key, call.rng, 0, output.type)
    made.imagined.append(f"{output.key} is {value}"[:200])
    return value


def _imagined_list(call: PlayedCall, output: OutputMeaning, made: Answer) -> Json:
    size = _length_wanted(call, output)
    keys = [key for key, _ in output.keys] or ["value"]
    counted = keys[0] if set(stems(keys[0])) & set(stems(output.key)) else ""
    rows: list[Json] = [
        {key: index + 1 if key == counted else _invent(key, call.rng, index) for key in keys} for index in range(size)
    ]
    made.imagined.append(f"{output.key}: {size} entries with {', '.join(keys)}"[:200])
    return rows


def _length_wanted(call: PlayedCall, output: OutputMeaning) -> int:
    """`Hours ahead` and a list of hours: the argument says how many."""
    about = set(stems(f"{output.key} {output.description}"))
    for meaning in call.reading.meanings:
        value = call.arguments.get(meaning.parameter)
        if isinstance(value, int) and not isinstance(value, bool) and about & set(stems(meaning.description)):
            return max(0, min(value, 48))
    return 3


def _invent(key: str, rng: random.Random, index: int, kind: str = "") -> Json:
    words = set(key.split("_"))
    if kind == "string" or words & {"name", "person", "city", "port", "place", "owner"}:
        return rng.choice(_NAMES)
    if words & {"id", "code"}:
        return f"X-{rng.randrange(100, 999)}"
    if words & {"eta", "etd", "date", "day", "arrival", "departure"}:
        return f"2026-03-{rng.randrange(10, 28)}"
    if words & {"hour"}:
        return index + 1
    return rng.randrange(3, 40) if kind == "integer" else round(rng.uniform(2.0, 20.0), 1)
