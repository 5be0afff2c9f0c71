"""What a call changes, by the tool's own words."""

from __future__ import annotations

from dataclasses import dataclass, field

from synthtools_stream.embedded.play.played_call import PlayedCall, found_entity
from synthtools_stream.embedded.read import (
    ChangeStep,
    Operand,
    Relation,
    Source,
    StepKind,
    change_steps,
    days_after,
    entities_of,
    now_of,
    value_of,
)
from synthtools_stream.programs.prelude import plus
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Draft", "Place", "draft_changes"]

Place = tuple[str, str]
"""The collection and the id of an entity."""


@dataclass
class Draft:
    """The changes of one call while they are collected."""

    updates: dict[Place, JsonObject] = field(default_factory=dict)
    created: dict[Place, JsonObject] = field(default_factory=dict)
    removed: list[Place] = field(default_factory=list)
    order: list[Place] = field(default_factory=list)

    def set(self, place: Place, attribute: str, value: Json) -> None:
        """Set one attribute of an existing or a new entity."""
        if place in self.created:
            self.created[place][attribute] = value
            return
        if place not in self.updates:
            self.order.append(place)
        self.updates.setdefault(place, {})[attribute] = value

    def create(self, collection: str, attributes: JsonObject) -> Place:
        """Add an entity; its id is a placeholder that the runtime replaces."""
        place = (collection, f"$new{len(self.created) + 1}")
        self.created[place] = attributes
        self.order.append(place)
        return place

    def after(self, call: PlayedCall, place: Place) -> JsonObject:
        """Return an entity as it stands after the call."""
        if place in self.created:
            return self.created[place]
        return {**call.attributes(place), **self.updates.get(place, {})}

    def listed(self, call: PlayedCall) -> list[Json]:
        """Return the changes as the simulator writes them; what would stay the same is left out."""
        changes: list[Json] = []
        for place in self.order:
            if place in self.created:
                changes.append(_change("create", place, self.created[place]))
                continue
            before = call.attributes(place)
            fresh = {k: v for k, v in self.updates[place].items() if k not in before or before[k] != v}
            if fresh and place not in self.removed:
                changes.append(_change("update", place, fresh))
        return [*changes, *(_change("delete", place, {}) for place in self.removed)]


def _change(op: str, place: Place, attributes: JsonObject) -> JsonObject:
    return {"op": op, "collection": place[0], "id": place[1], "attributes": attributes}


def draft_changes(call: PlayedCall) -> Draft:
    """Return everything that the call changes; nothing for a tool that only reads."""
    draft = Draft()
    for step in change_steps(call.reading):
        _take(call, draft, step)
    if not call.typed and not call.reading.operation.reads_only:
        _apply_implied(call, draft, next(iter(draft.created), None) or _place(call, draft, ""))
    return draft


def _take(call: PlayedCall, draft: Draft, step: ChangeStep) -> None:
    if step.kind is StepKind.create:
        kind = call.reading.vocabulary.kind(step.collection) if call.typed else None
        draft.create(step.collection, kind.blank() if kind is not None else {})
        return
    place = _place(call, draft, step.collection)
    if place is None or place in draft.removed:
        return
    value = _value(call, step.value)
    if step.kind is StepKind.remove:
        draft.removed.append(place)
    elif step.kind is StepKind.set and (value is not None or step.value.source is Source.constant):
        draft.set(place, step.attribute, value)
    elif step.kind is StepKind.shift and isinstance(value, int | float) and not isinstance(value, bool):
        _shift(call, draft, place, step.attribute, value if step.up else -value)


def _place(call: PlayedCall, draft: Draft, collection: str) -> Place | None:
    if not collection:
        return call.target or (found_entity(call, call.reading.collection) if call.reading.collection else None)
    made = next((place for place in draft.created if place[0] == collection), None)
    return made or found_entity(call, collection)


def _value(call: PlayedCall, operand: Operand) -> Json:
    if operand.source is Source.now:
        now = now_of(call.state)
        return (now[:10] if operand.value == "date" else now) or None
    if operand.source is Source.attribute:
        place = found_entity(call, operand.via_collection)
        return call.attributes(place).get(operand.name) if place is not None else None
    return value_of(operand, call.reading, call.arguments, call.state)


def _shift(call: PlayedCall, draft: Draft, place: Place, attribute: str, by: float) -> None:
    present = draft.after(call, place).get(attribute)
    kind = call.reading.vocabulary.kind(place[0])
    trait = kind.trait(attribute) if kind is not None else None
    if isinstance(present, str):
        later = days_after(present, by)
        if later:
            draft.set(place, attribute, later)
    elif not isinstance(present, bool) and isinstance(present, int | float | None) and not (trait and trait.format):
        draft.set(place, attribute, plus(present, by))


def _apply_implied(call: PlayedCall, draft: Draft, target: Place | None) -> None:
    """In other people's corpora stock follows from limits: what may not exceed the rest is taken from the rest."""
    for rule in call.reading.rules:
        left, right = rule.require.left, rule.require.right
        if (
            rule.require.relation is Relation.le
            and left.source is Source.parameter
            and right.source is Source.attribute
        ):
            taken = call.arguments.get(left.name)
            place = _entity_of(call, right)
            if place is not None and place != target and isinstance(taken, int | float):
                _shift(call, draft, place, right.name, -taken)
        if rule.require.relation is Relation.ge and left.source is right.source is Source.attribute:
            _move_load(call, draft, left, right, target)


def _entity_of(call: PlayedCall, operand: Operand) -> Place | None:
    meaning = call.reading.meaning(operand.entity)
    return call.entity(meaning) if meaning is not None and not operand.via else None


def _move_load(call: PlayedCall, draft: Draft, room: Operand, load: Operand, target: Place | None) -> None:
    """A booking that moves to a vessel takes places there and frees those it had."""
    new, size = _entity_of(call, room), value_of(load, call.reading, call.arguments, call.state)
    moved = call.reading.meaning(room.entity)
    if new is None or target is None or moved is None or not moved.attribute or not isinstance(size, int | float):
        return
    old = call.attributes(target).get(moved.attribute)
    _shift(call, draft, new, room.name, -size)
    if isinstance(old, str) and old in entities_of(call.state, new[0]):
        _shift(call, draft, (new[0], old), room.name, size)
