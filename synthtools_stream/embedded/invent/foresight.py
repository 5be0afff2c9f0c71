"""Foresee what a call will find or change, from the tool's reading: to plan with, never to answer with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.read import (
    Effect,
    EffectKind,
    MeaningKind,
    Source,
    ToolReading,
    days_after,
    entities_of,
    matching_ids,
    value_of,
)
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Foreseen", "apply", "foresee"]


@dataclass(frozen=True)
class Foreseen:
    """What a call finds, makes, changes and removes."""

    found: tuple[str, ...] = ()
    created: str = ""
    removed: str = ""
    changed: Mapping[tuple[str, str], Mapping[str, Json]] = field(
        default_factory=dict[tuple[str, str], dict[str, Json]]
    )
    """`(collection, id)` to the attributes set, of changed and created entities alike."""


def foresee(reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject) -> Foreseen:
    """Return what a successful call will come to."""
    if reading.operation is Operation.search:
        return Foreseen(found=tuple(_search(reading, arguments, state)))
    target = reading.target
    target_id = arguments.get(target.parameter) if target else None
    if reading.operation is Operation.get:
        return Foreseen(found=(target_id,) if isinstance(target_id, str) else ())
    if reading.operation is Operation.delete:
        return Foreseen(removed=target_id if isinstance(target_id, str) else "")
    changed: dict[tuple[str, str], dict[str, Json]] = {}
    own = _next_id(reading, state) if reading.operation is Operation.create else str(target_id or "")
    changed[(reading.collection, own)] = reading.stored(arguments)
    for effect in reading.effects:
        _foresee_effect(effect, reading, arguments, state, own, changed)
    created = own if reading.operation is Operation.create else ""
    return Foreseen(created=created, changed={key: value for key, value in changed.items() if value})


def apply(foreseen: Foreseen, reading: ToolReading, state: JsonObject) -> JsonObject:
    """Return the state after a call."""
    after = dict(state)
    for (collection, identifier), attributes in foreseen.changed.items():
        entities = dict(entities_of(after, collection))
        entities[identifier] = {**entities.get(identifier, {}), **attributes}
        after[collection] = {**entities}
    if foreseen.removed:
        left = {
            name: entity for name, entity in entities_of(after, reading.collection).items() if name != foreseen.removed
        }
        after[reading.collection] = {**left}
    return after


def _search(reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject) -> list[str]:
    # Not sorted as a search is played, which ranks closed sets by their order: plans made by that are other plans.
    entities = entities_of(state, reading.collection)
    found = matching_ids(reading, arguments, state)
    order = reading.order
    if order is not None:
        found.sort(key=lambda name: _sort_key(entities[name].get(order.attribute)), reverse=order.descending)
    limit = next((arguments.get(item.parameter, item.default) for item in reading.of_kind(MeaningKind.limit)), None)
    return found[:limit] if isinstance(limit, int) else found


def _sort_key(value: Json) -> tuple[bool, float, str]:
    if isinstance(value, int | float):
        return False, float(value), ""
    return value is None, 0.0, str(value)


def _next_id(reading: ToolReading, state: JsonObject) -> str:
    ids = list(entities_of(state, reading.collection))
    kind = reading.kind
    prefix = (kind.prefix if kind else "") or next((re.sub(r"\d+$", "", name) for name in ids), "N-")
    numbers = [int(found[0]) for name in ids if (found := re.search(r"\d+$", name))]
    return f"{prefix}{max(numbers, default=1000) + 1}"


def _foresee_effect(
    effect: Effect,
    reading: ToolReading,
    arguments: Mapping[str, Json],
    state: JsonObject,
    own: str,
    changed: dict[tuple[str, str], dict[str, Json]],
) -> None:
    key = (effect.collection, own) if effect.collection == reading.collection else _referred(effect, reading, arguments)
    shifting = effect.kind in (EffectKind.raise_by, EffectKind.lower_by)
    unnamed = not effect.attribute or (effect.value.source is Source.parameter and not effect.value.name)
    if key is None or (unnamed and not shifting):
        return
    current = entities_of(state, key[0]).get(key[1], {}).get(effect.attribute)
    amount = next((arguments.get(item.parameter) for item in reading.of_kind(MeaningKind.amount)), None)
    value = (
        value_of(effect.value, reading, arguments, state)
        if effect.value.name or effect.value.value is not None
        else amount
    )
    if shifting:
        if not isinstance(value, int | float):
            return
        if isinstance(current, str):
            moved = days_after(current, value if effect.kind is EffectKind.raise_by else -value)
            changed.setdefault(key, {}).update({effect.attribute: moved} if moved else {})
            return
        if not isinstance(current, int | float):
            return
        value = current + value if effect.kind is EffectKind.raise_by else current - value
    changed.setdefault(key, {})[effect.attribute] = value


def _referred(effect: Effect, reading: ToolReading, arguments: Mapping[str, Json]) -> tuple[str, str] | None:
    for item in reading.meanings:
        value = arguments.get(item.parameter)
        if item.collection == effect.collection and isinstance(value, str):
            return effect.collection, value
    return None
