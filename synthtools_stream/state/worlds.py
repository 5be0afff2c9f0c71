"""Check a typed world in code: known types and attributes, values of their type, references that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

import orjson

from synthtools_stream.jsontypes import Json, JsonObject
from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.records.state import State, WorldEntity
from synthtools_stream.state.changes import CLOCK, initial_state, now_of

__all__ = [
    "MAX_ENTITIES",
    "MAX_STATE_BYTES",
    "attribute_problems",
    "fits",
    "state_bytes",
    "state_problems",
    "world_problems",
]

MAX_ENTITIES = 40
MAX_STATE_BYTES = 8 * 1024
_TYPES: dict[str, type] = {"string": str, "boolean": bool, "array": list, "object": dict}
_PLAIN = {"string": str, "boolean": bool, "integer": int, "float": float}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?\Z")


def state_bytes(state: State) -> int:
    """Return how long the state is as compact JSON."""
    return len(orjson.dumps(state))


def world_problems(
    entity_types: Sequence[EntityType],
    now: str,
    entities: Sequence[WorldEntity],
    *,
    max_bytes: int = MAX_STATE_BYTES,
    max_entities: int = MAX_ENTITIES,
) -> list[str]:
    """Return what is wrong with a world as a model wrote it: size, doubled ids, and all of `state_problems`."""
    problems = list(_doubled(entities))
    if len(entities) > max_entities:
        problems.append(f"{len(entities)} entities; at most {max_entities} are wanted")
    state = initial_state(now, entities)
    size = state_bytes(state)
    if size > max_bytes:
        problems.append(f"the world is {size} bytes of JSON; at most {max_bytes} are wanted")
    return problems + state_problems(state, entity_types)


def _doubled(entities: Iterable[WorldEntity]) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for entity in entities:
        if (entity.collection, entity.id) in seen:
            yield f"{entity.collection}/{entity.id} stands there twice"
        if entity.collection == CLOCK:
            yield "'clock' is no collection: the time is told apart"
        seen.add((entity.collection, entity.id))


def state_problems(state: State, entity_types: Sequence[EntityType]) -> list[str]:
    """Return what is wrong with a typed state, its clock included."""
    now = now_of(state)
    problems = [] if now and _MOMENT.match(now) and _is_date(now) else ["clock.now.value is not a moment in time"]
    return problems + list(_entity_problems(state, entity_types))


def _entity_problems(state: State, entity_types: Sequence[EntityType]) -> Iterator[str]:
    kinds = {kind.collection: kind for kind in entity_types}
    for collection, entities in state.items():
        if collection == CLOCK:
            continue
        kind = kinds.get(collection)
        if kind is None:
            yield f"'{collection}' is no collection of the entity types"
            continue
        known = {attribute.name: attribute for attribute in kind.attributes}
        plain = {part.name: (_PLAIN[part.type], part.enum) for part in kind.attributes if _is_plain(part)}
        for name, attributes in entities.items():
            if not name.startswith(kind.id_prefix):
                yield f"{collection}/{name}: its id must begin with {kind.id_prefix}"
            # Most values are of a plain type and right: those are passed over quickly.
            others = {
                key: value
                for key, value in attributes.items()
                if (form := plain.get(key)) is None
                or type(value) is not form[0]
                or (form[1] is not None and value not in form[1])
            }
            if others:
                for problem in _attribute_problems(others, kind, known, state, {}):
                    yield f"{collection}/{name}: {problem}"


def attribute_problems(
    attributes: JsonObject, kind: EntityType, state: State, new_ids: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Yield what is wrong with an entity's attributes; `new_ids` maps ids still to come to their collections."""
    known = {attribute.name: attribute for attribute in kind.attributes}
    yield from _attribute_problems(attributes, kind, known, state, new_ids or {})


def _attribute_problems(
    attributes: JsonObject, kind: EntityType, known: Mapping[str, Attribute], state: State, new_ids: Mapping[str, str]
) -> Iterator[str]:
    for name, value in attributes.items():
        attribute = known.get(name)
        if attribute is None:
            yield f"a {kind.name} has no attribute '{name}'; it has {', '.join(known)}"
        elif value is not None:
            yield from _value_problems(name, value, attribute, state, new_ids)


def _is_plain(attribute: Attribute) -> bool:
    return attribute.type in _PLAIN and attribute.format is None and attribute.references is None


def _value_problems(
    name: str, value: Json, attribute: Attribute, state: State, new_ids: Mapping[str, str]
) -> Iterator[str]:
    if not fits(value, attribute.type):
        yield f"{name} must be of type {attribute.type}"
    elif isinstance(value, str):
        if attribute.enum and value not in attribute.enum:
            yield f"{name} must be one of {', '.join(attribute.enum)}, not {value[:60]!r}"
        if attribute.format and not _well_formed(value, attribute.format):
            yield f"{name} must be a {attribute.format} in ISO form, not {value[:60]!r}"
    if attribute.references:
        for target in _targets(value):
            if target not in (state.get(attribute.references) or {}) and new_ids.get(target) != attribute.references:
                yield f"{name} refers to {attribute.references}/{target[:60]}, which does not exist"


def fits(value: Json, wanted: str) -> bool:
    """Say whether a value is of an attribute's or output's type."""
    if wanted == "integer":
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        )
    if wanted == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _TYPES[wanted])


def _targets(value: Json) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _well_formed(value: str, wanted: str) -> bool:
    return bool((_DATE if wanted == "date" else _MOMENT).match(value)) and _is_date(value)


@lru_cache(maxsize=4096)
def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return False
    return True
