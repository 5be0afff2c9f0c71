"""What a user wants to be told of a read: one or two values of the response, with the words that ask for them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from synthtools_stream.embedded.english import join, plural
from synthtools_stream.embedded.invent.field_vocabulary import flag_words
from synthtools_stream.embedded.prose import words
from synthtools_stream.embedded.read import OutputKind, OutputMeaning, ToolReading, entities_of
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Wish", "wish_for"]


@dataclass(frozen=True)
class Wish:
    """Pointers into the response, and the words that ask for what they lead to."""

    pointers: tuple[str, ...]
    words: str
    names: str = ""
    """What is asked for, where that are plain attributes: `status and weight`."""
    of_first: bool = False
    """Whether it is asked of the first of a list."""
    counts: bool = False
    """Whether the number of things found is asked for."""


@dataclass(frozen=True)
class _Value:
    pointer: str
    attribute: str


def wish_for(reading: ToolReading, found: str, state: JsonObject, fixed: set[str], rng: random.Random) -> Wish | None:
    """Return what to ask about `found`, the first entity of the response; `fixed` attributes are known already."""
    entity = entities_of(state, reading.collection).get(found, {})
    listing = next((output for output in reading.outputs if output.kind is OutputKind.list), None)
    count = next((output for output in reading.outputs if output.kind is OutputKind.count), None)
    values = [value for value in _values(reading, listing) if _tellable(entity, value.attribute, state)]
    values = [value for value in values if listing is None or not _is_flag(entity, value)]
    fresh = [value for value in values if value.attribute not in fixed] or values
    if count is not None and (not fresh or rng.random() < 0.25):
        return Wish((f"/{count.key}",), f"how many {plural(reading.noun)} there are", counts=True)
    if not fresh:
        return None
    chosen = rng.sample(fresh, min(len(fresh), 1 if listing or rng.random() < 0.5 else 2))
    pointers = tuple(value.pointer for value in chosen)
    if listing is not None:
        return Wish(pointers, _asked_of_first(words(chosen[0].attribute), reading, rng), of_first=True)
    flags = [f"whether it {flag_words(words(value.attribute))}" for value in chosen if _is_flag(entity, value)]
    names = join([words(value.attribute) for value in chosen if not _is_flag(entity, value)])
    plain = [rng.choice([f"its {names}", f"its {names}", f"the {names} it has", f"the {names} on record for it"])]
    return Wish(pointers, join([*(plain if names else []), *flags]), names="" if flags else names)


def _is_flag(entity: JsonObject, value: _Value) -> bool:
    return isinstance(entity.get(value.attribute), bool)


def _values(reading: ToolReading, listing: OutputMeaning | None) -> list[_Value]:
    if listing is not None:
        return [_Value(f"/{listing.key}/0/{key}", name) for key, name in listing.keys if name not in ("", "?")]
    values: list[_Value] = []
    for output in reading.outputs:
        if output.kind is OutputKind.attribute and output.attribute:
            values.append(_Value(f"/{output.key}", output.attribute))
        elif output.kind is OutputKind.entity:
            values += [_Value(f"/{output.key}/{key}", name) for key, name in output.keys if name not in ("", "?")]
    return values


def _tellable(entity: JsonObject, attribute: str, state: JsonObject) -> bool:
    """Say whether a value is worth asking for: a scalar, and no id of something else."""
    value = entity.get(attribute)
    if value is None or value == "" or isinstance(value, list | dict):
        return False
    homes = [entities_of(state, name) for name in state if name != "clock"]
    return not attribute.endswith("_id") and all(value not in entities for entities in homes)


def _asked_of_first(said: str, reading: ToolReading, rng: random.Random) -> str:
    if not reading.order:
        return rng.choice([f"the {said} of the first one listed", f"the {said} of the first entry"])
    return rng.choice(
        [
            f"the {said} of the first one",
            f"the first one's {said}",
            f"the {said} of the one at the top",
            f"the {said} of the first hit",
            f"the {said} of the {reading.noun} that comes first",
        ]
    )
