"""Heuristics over what is said and shown: texts of a world, a response, a turn; and how long an answer is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson

from synthtools_stream.quality.fault import Fault
from synthtools_stream.quality.personal_data import personal_data
from synthtools_stream.quality.placeholders import placeholder_texts
from synthtools_stream.records.change import WorldEntity
from synthtools_stream.values.json_pointers import leaves
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["MAX_RESPONSE_BYTES", "entity_faults", "response_faults", "text_faults"]

MAX_RESPONSE_BYTES = 16 * 1024
"""Bytes of a response as compact JSON: twice what a world may hold, so it says things over and over; as a message, it
would fill a trainer's context. Those of the embedded corpus have 1.4 KB at most."""


def text_faults(text: str, where: str) -> Iterator[Fault]:
    """Yield what is poor about a text of the story."""
    yield from placeholder_texts(text, where)
    yield from personal_data(text, where)


def entity_faults(entities: Iterable[WorldEntity]) -> Iterator[Fault]:
    """Yield what is poor about the texts of a world."""
    for entity in entities:
        yield from _value_faults(entity.attributes, f"{entity.collection}/{entity.id[:60]}")


def response_faults(response: JsonObject) -> Iterator[Fault]:
    """Yield what is poor about what a tool told."""
    size = len(orjson.dumps(response))
    if size > MAX_RESPONSE_BYTES:
        yield Fault("overlong_output", f"the response has {size} bytes; {MAX_RESPONSE_BYTES} are enough for any")
    yield from _value_faults(response, "the response")


def _value_faults(value: Json, where: str) -> Iterator[Fault]:
    for leaf in leaves(value):
        if isinstance(leaf.value, str):
            yield from text_faults(leaf.value, f"{where}{leaf.pointer}")
