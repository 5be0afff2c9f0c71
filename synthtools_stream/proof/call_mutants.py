"""Other ways to the end of a task, and ways that stop short of it, made from its recorded changes alone.

The verdict must not care how a number is spelled, in which order keys and entities stand, or how what is new is called;
and no proper part of the writes may lead where all of them do. Nothing is called here: `proof.played_mutants` lets
programs play such attempts. Other names are tried at release only: pairing what is new costs as much as all else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from synthtools_stream.errors import StateProblem
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Step, Task
from synthtools_stream.state import apply, rename
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["partial_ends", "renamed_ends", "respelled_end", "without_steps"]

Entities: TypeAlias = dict[str, JsonObject]
"""A collection: entities by their ids."""


_MOST_WRITES = 6
"""Writing steps of a task up to which every pair of them is left out: fifteen states at most."""
_EXACT = 2**52
"""Whole numbers below it are the same as floats."""
_FAR = 5000
"""How far off the ids are that stand for those which the ground truth made: no world counts as far."""


def respelled_end(task: Task, replayed: Replay) -> State:
    """Return the final state with whole numbers spelled otherwise, and keys and entities in another order."""
    touched = _touched(task)
    final = reversed(replayed.final.items())
    return {collection: _otherwise(held, touched.get(collection, ())) for collection, held in final}


def renamed_ends(task: Task, replayed: Replay) -> Iterator[State]:
    """Yield the final state with other names for what is new."""
    final, touched = replayed.final, _touched(task)
    for names in _other_names(task, final):
        yield {**final, **{name: _renamed(final[name], held, names) for name, held in touched.items()}}


def partial_ends(task: Task, replayed: Replay) -> Iterator[State]:
    """Yield the states to which the writes lead when any two of them, or all, are left out."""
    writes = [index for index, step in enumerate(task.steps) if step.changes]
    if len(writes) <= _MOST_WRITES:
        for pair in combinations(writes, 2):
            yield without_steps(task, replayed, pair)
    if len(writes) > 2:
        yield replayed.states[0]


def without_steps(task: Task, replayed: Replay, skipped: Sequence[int]) -> State:
    """Return the final state without some steps; later changes of what is then missing are left out with them."""
    first = min(skipped)
    rest = [step for index, step in enumerate(task.steps) if index > first and index not in skipped]
    return _tolerant(replayed.states[first], rest)


def _tolerant(state: State, steps: Sequence[Step]) -> State:
    for step in steps:
        for change in step.changes:
            try:
                state = apply(state, [change], mint=None).state
            except StateProblem:
                continue
    return state


def _touched(task: Task) -> dict[str, set[str]]:
    """Return which entities of which collections the steps changed."""
    touched: defaultdict[str, set[str]] = defaultdict(set)
    for step in task.steps:
        for change in step.changes:
            touched[change.collection].add(change.id)
    return touched


def _otherwise(held: Entities, touched: Collection[str]) -> Entities:
    """Return a collection in another order; of what was touched, keys and numbers are written otherwise."""
    if not touched:
        return held
    return {
        name: {key: _spelled(value) for key, value in reversed(entity.items())} if name in touched else entity
        for name, entity in reversed(held.items())
    }


def _spelled(value: Json) -> Json:
    """Return 25 as 25.0, and the other way round."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < _EXACT else value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _other_names(task: Task, final: State) -> Iterator[Mapping[str, str]]:
    """Yield other names for what the steps made: far ones, and, as if it were made in another order, each other's."""
    made: defaultdict[str, list[str]] = defaultdict(list)
    for step in task.steps:
        for change in step.changes:
            if change.op == "create":
                made[change.collection].append(change.id)
    if not made:
        return
    far = {name: _far(name) for names in made.values() for name in names}
    if not any(name in held for held in final.values() for name in far.values()):
        yield far
    swapped = {old: new for names in made.values() for old, new in zip(names, names[::-1], strict=True) if old != new}
    if swapped:
        yield swapped


def _far(name: str) -> str:
    head = name.rstrip("0123456789")
    return f"{head}{int(name[len(head) :] or 0) + _FAR}"


def _renamed(held: Entities, touched: Collection[str], names: Mapping[str, str]) -> Entities:
    """Return a collection with other names for what is new, wherever it is spoken of: in what was touched, that is."""
    found: Entities = {}
    for name, entity in held.items():
        told = rename(entity, names) if name in touched else entity
        assert isinstance(told, dict)
        found[names.get(name, name) if name in touched else name] = told
    return found
