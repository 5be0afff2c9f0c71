"""A state of other people's corpora: changes are applied where its shape allows, and supplied facts are kept in it."""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.errors import StateProblem
from synthtools_stream.records.change import Change, State
from synthtools_stream.state import IdMinter, apply, as_json, as_state, rename
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["apply_loosely", "collections_of", "with_imagined"]

_IMAGINED = "imagined"
"""The key under which supplied facts are kept, one a line."""


def apply_loosely(
    state: JsonObject | None, changes: Sequence[Change], mint: IdMinter
) -> tuple[JsonObject | None, tuple[Change, ...], dict[str, str]]:
    """Apply what fits, one change at a time, and return the state, what was applied, and the ids that were minted."""
    kept: list[Change] = []
    minted: dict[str, str] = {}
    for change in changes:
        attributes = rename(change.attributes, minted)
        named = change.model_copy(update={"id": minted.get(change.id, change.id), "attributes": attributes})
        collections = collections_of(state)
        if change.collection in (state or {}) and change.collection not in collections:
            continue  # that part of the state has another shape
        try:
            applied = apply(collections, [named], mint=mint)
        except StateProblem:
            continue
        state = {**(state or {}), **as_json(applied.state)}
        kept.extend(applied.changes)
        minted.update(applied.minted)
    return state, tuple(kept), minted


def with_imagined(state: JsonObject | None, facts: Sequence[str]) -> JsonObject | None:
    """Return the state with the facts in it that it does not hold yet."""
    known = (state or {}).get(_IMAGINED, [])
    if not isinstance(known, list):
        return state
    new: list[Json] = [fact for fact in facts if fact not in known]
    return {**(state or {}), _IMAGINED: [*known, *new]}


def collections_of(state: JsonObject | None) -> State:
    """Return the part of a free-form state that is collections of entities."""
    try:
        return as_state({name: part for name, part in (state or {}).items() if _is_collection(part)})
    except StateProblem:
        return {}


def _is_collection(part: Json) -> bool:
    return isinstance(part, dict) and all(isinstance(entity, dict) for entity in part.values())
