"""What several states do not have in common: all that a reader who compares them needs to see."""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.records.change import State
from synthtools_stream.values.jsontypes import same_json

__all__ = ["only_differences"]


def only_differences(states: Sequence[State]) -> list[State]:
    """Return each state without the entities that all of them hold alike; empty collections are left out."""
    first, *others = states
    shared = {
        (collection, name)
        for collection, entities in first.items()
        for name, content in entities.items()
        if all(same_json(content, (other.get(collection) or {}).get(name)) for other in others)
    }
    return [_without(state, shared) for state in states]


def _without(state: State, shared: set[tuple[str, str]]) -> State:
    left = {
        collection: {name: content for name, content in entities.items() if (collection, name) not in shared}
        for collection, entities in state.items()
    }
    return {collection: entities for collection, entities in left.items() if entities}
