"""Check a typed world in code: known types and attributes, values of their type, references that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

import orjson

from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.records.change import State, WorldEntity
from synthtools_stream.state.changes import CLOCK, initial_state, now_of
from synthtools_stream.values.jsontypes import Json, JsonObject

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
"""Entities of a world: enough for look-alikes of each kind, few enough that a model keeps them apart."""
MAX_STATE_BYTES = 8 * 1024
"""Bytes of a world as compact JSON, some 3,000 tokens: it is shown to a model anew with every call. The prompts that
have worlds written (`world`, `dialogue_planner`) tell both limits."""
_TYPES: dict[str, type] = {"string": str, "boolean": bool, "array": list, "object": dict}
_OWN_TYPE: dict[str, type] = {**_TYPES, "integer": int, "float": float}
_NOTHING_TOLD = (None, None, None)
_DATE_CHARS, _MOMENT_CHARS = len("2026-03-14"), len("2026-03-14T09:00:00")
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
    problems = [] if now and _is_moment(now) else ["clock.now.value is not a moment in time"]
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
        types = {key: _OWN_TYPE[part.type] for key, part in known.items() if _has_one_rule(part)}
        tests = {key: test for key, part in known.items() if (test := _test(part, state)) is not None}
        for name, attributes in entities.items():
            if not name.startswith(kind.id_prefix):
                yield f"{collection}/{name}: its id must begin with {kind.id_prefix}"
            others: JsonObject = {}  # most values are of the very type and right: those are passed over quickly
            for key, value in attributes.items():
                if type(value) is types.get(key) and (
                    key not in tests or (isinstance(value, str) and tests[key](value))
                ):
                    continue
                others[key] = value
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


def _has_one_rule(attribute: Attribute) -> bool:
    """Say whether a value is right where its type is the attribute's own and it passes the attribute's one test."""
    told = (attribute.enum, attribute.format, attribute.references)
    return told == _NOTHING_TOLD or (attribute.type == "string" and told.count(None) == len(told) - 1)


def _test(attribute: Attribute, state: State) -> Callable[[str], bool] | None:
    """Return what tells a right text of an attribute, if anything does."""
    if attribute.enum is not None:
        return attribute.enum.__contains__
    if attribute.format is not None:
        return _is_day if attribute.format == "date" else _is_moment
    if attribute.references is not None:
        return (state.get(attribute.references) or {}).__contains__
    return None


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
    return wanted == "any" or isinstance(value, _TYPES[wanted])


def _targets(value: Json) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _well_formed(value: str, wanted: str) -> bool:
    return _is_day(value) if wanted == "date" else _is_moment(value)


def _is_day(text: str) -> bool:
    return len(text) <= _DATE_CHARS and _in_calendar(text, "date")


def _is_moment(text: str) -> bool:
    return len(text) <= _MOMENT_CHARS and _in_calendar(text, "datetime")


@lru_cache(maxsize=4096)
def _in_calendar(text: str, form: str) -> bool:
    if not (_DATE if form == "date" else _MOMENT).match(text):
        return False
    try:
        datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return False
    return True
