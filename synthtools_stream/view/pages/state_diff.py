"""What differs between two states, entity by entity: created, deleted, or which attributes have another value.

A state that is no collections of entities, as other people's may be, is compared place by place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from synthtools_stream.errors import StateProblem
from synthtools_stream.records.change import Change, State
from synthtools_stream.state import apply, as_state
from synthtools_stream.values.json_pointers import leaves
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json

__all__ = ["AttributeDiff", "EntityDiff", "Tape", "state_diff"]

Kind = Literal["created", "deleted", "changed"]


@dataclass(frozen=True)
class AttributeDiff:
    """One attribute before and after; of a side that is not there, or not known, there is no value."""

    name: str
    kind: Kind
    before: Json = None
    after: Json = None
    is_before_known: bool = True
    """False where only the recorded change is known, and not the state that it met."""


@dataclass(frozen=True)
class EntityDiff:
    """One entity of which something differs; `collection` is empty for places of a state of another form."""

    collection: str
    id: str
    kind: Kind
    attributes: Sequence[AttributeDiff]


def state_diff(before: JsonObject | None, after: JsonObject | None) -> list[EntityDiff]:
    """Return what differs, in the order of the later state; of a state that is not there nothing is known."""
    if before is None or after is None:
        return []
    try:
        return list(_entities(as_state(before), as_state(after)))
    except StateProblem:
        return list(_places(before, after))


def _entities(before: State, after: State) -> Iterator[EntityDiff]:
    for collection in {**after, **before}:
        old, new = before.get(collection) or {}, after.get(collection) or {}
        if old is new:
            continue
        for name in {**new, **old}:
            if old.get(name) is not new.get(name):
                yield from _entity(collection, name, old.get(name), new.get(name))


def _entity(collection: str, name: str, old: JsonObject | None, new: JsonObject | None) -> Iterator[EntityDiff]:
    attributes = list(_attributes(old or {}, new or {}))
    if old is None or new is None:
        yield EntityDiff(collection, name, "created" if old is None else "deleted", attributes)
    elif attributes:
        yield EntityDiff(collection, name, "changed", attributes)


def _attributes(old: JsonObject, new: JsonObject) -> Iterator[AttributeDiff]:
    for name in {**new, **old}:
        if name not in old:
            yield AttributeDiff(name, "created", after=new[name])
        elif name not in new:
            yield AttributeDiff(name, "deleted", before=old[name])
        elif not same_json(old[name], new[name]):
            yield AttributeDiff(name, "changed", old[name], new[name])


def _places(before: JsonObject, after: JsonObject) -> Iterator[EntityDiff]:
    attributes = list(_attributes(dict(leaves(before)), dict(leaves(after))))
    if attributes:
        yield EntityDiff("", "", "changed", attributes)


class Tape:
    """A state to which recorded changes are applied step by step; once one does not fit, only what it sets is told."""

    def __init__(self, initial: JsonObject | None) -> None:
        try:
            self._state: State | None = as_state(initial)
        except StateProblem:
            self._state = None

    def after(self, changes: Sequence[Change]) -> list[EntityDiff]:
        """Return what the next step's changes make other."""
        if not changes:
            return []
        if self._state is not None:
            try:
                before, self._state = self._state, apply(self._state, changes, mint=None).state
                return list(_entities(before, self._state))
            except StateProblem:
                self._state = None
        return list(_recorded(changes))


def _recorded(changes: Iterable[Change]) -> Iterator[EntityDiff]:
    kinds: dict[str, Kind] = {"create": "created", "delete": "deleted", "update": "changed"}
    for change in changes:
        kind = kinds[change.op]
        known = kind == "created"
        attributes = [AttributeDiff(name, kind, None, value, known) for name, value in change.attributes.items()]
        yield EntityDiff(change.collection, change.id, kind, attributes)
