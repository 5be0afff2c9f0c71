"""Try the verdict on the task itself: it must accept the ground truth and refuse everything near it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from synthtools_stream.errors import StateProblem
from synthtools_stream.proof.dictated_texts import freely_worded
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.told.bare_answers import closing
from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.verdict import Target, is_solved
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Step, Task, VerdictTests
from synthtools_stream.state import CLOCK, Expectation, apply
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, same_json

__all__ = ["closing_of", "verdict_problems", "verdict_tests"]

_ALTERED = "~altered~"
"""What makes another value of a text, and the id of an entity too many: nobody writes it."""


class _New(NamedTuple):
    """The entities that the final state has and the initial one has not."""

    names: list[str]
    one_way: bool
    """There is but one way to pair them with those of another state: no two are of one collection."""


def verdict_tests(task: Task, replayed: Replay) -> VerdictTests:
    """Judge the ground truth, and every way of falling just short of it or going just beyond.

    The task's parts must have been found to agree: the replayed states then stand for the recorded ones, and as all
    the states tried here share their untouched parts with them, comparing is cheap.
    """
    target = Target(replayed.states[0], replayed.final, freely_worded(task, replayed.final), Knowledge(task))
    told = closing_of(task)
    new = _new(target)
    expectation = Expectation(target.final, target.initial, target.volatile)

    def accepts(states: Iterable[State]) -> bool:
        return any(is_solved(target, state, told, expectation) for state in states)

    return VerdictTests(
        accepts_ground_truth=accepts([replayed.final]),
        rejects_nothing=not is_solved(target, replayed.states[0], "", expectation),
        rejects_missing_write=not accepts(_without_a_write(task, replayed)),
        rejects_altered_value=not accepts(_altered(task, target, new)),
        rejects_extra_write=not accepts(_overdone(task, target, new)),
    )


def verdict_problems(tests: VerdictTests) -> Iterator[str]:
    """Yield what the verdict gets wrong about this task."""
    if not tests.accepts_ground_truth:
        yield "the verdict does not accept the ground truth"
    if not tests.rejects_nothing:
        yield "the verdict accepts doing nothing"
    if not tests.rejects_missing_write:
        yield "the verdict accepts leaving out a write"
    if not tests.rejects_altered_value:
        yield "the verdict accepts another value"
    if not tests.rejects_extra_write:
        yield "the verdict accepts an extra write"


def closing_of(task: Task) -> str:
    """Return a closing message that tells every answer."""
    return closing(task.answer)


def _without_a_write(task: Task, replayed: Replay) -> Iterator[State]:
    """Leave out one step's changes at a time; later changes of what is then missing are left out with them."""
    for skipped, step in enumerate(task.steps):
        if step.changes:
            yield _tolerant(replayed.states[skipped], task.steps[skipped + 1 :])


def _tolerant(state: State, steps: Sequence[Step]) -> State:
    for step in steps:
        for change in step.changes:
            try:
                state = apply(state, [change], mint=None).state
            except StateProblem:
                continue
    return state


def _new(target: Target) -> _New:
    names = [
        [name for name in entities if name not in old]
        for collection, entities in target.final.items()
        if entities is not (old := target.initial.get(collection) or {})
    ]
    return _New(list(chain.from_iterable(names)), all(len(found) < 2 for found in names))


def _altered(task: Task, target: Target, new: _New) -> Iterator[State]:
    """Alter one written value at a time, of those that stand in the final state and are compared at all.

    What is sure to be refused is not tried.
    """
    final = target.final
    written = {
        (change.collection, change.id, name)
        for step in task.steps
        for change in step.changes
        for name in change.attributes
        if f"{change.collection}.{name}" not in target.volatile
    }
    for collection, entity, name in sorted(written):
        found = (final.get(collection) or {}).get(entity)
        if found is not None and name in found and not _is_sure(target, collection, entity, found[name], new):
            yield _with(final, collection, entity, {name: _other(found[name])})


def _is_sure(target: Target, collection: str, entity: str, value: Json, new: _New) -> bool:
    """Say whether the verdict is sure to refuse another value of an attribute that it compares.

    It pairs the entities that are new; an old one is compared with itself, and a value of it that names nothing new
    is the same under every pairing. So one that is then another cannot be accepted. Where new ones can be paired in
    one way only, each with itself, this holds of every value.
    """
    if same_json(_other(value), value):
        return False
    if new.one_way:
        return True
    if entity not in (target.initial.get(collection) or {}):
        return False
    text = canonical_json(value).decode()
    return not any(name in text for name in new.names)


def _overdone(task: Task, target: Target, new: _New) -> Iterator[State]:
    """Change an entity that nobody asked to change, and create one that nobody asked for."""
    final = target.final
    touched = {(change.collection, change.id) for step in task.steps for change in step.changes}
    for collection, entities in final.items():
        if collection == CLOCK:
            continue
        spare = next(
            (
                (name, attribute)
                for name, attributes in entities.items()
                if (collection, name) not in touched
                for attribute in attributes
                if f"{collection}.{attribute}" not in target.volatile
            ),
            None,
        )
        if spare is not None:
            name, attribute = spare
            if not _is_sure(target, collection, name, entities[name][attribute], new):
                yield _with(final, collection, name, {attribute: _other(entities[name][attribute])})
        nothing: JsonObject = {}
        yield {**final, collection: {**entities, _ALTERED: nothing}}


def _with(state: State, collection: str, entity: str, attributes: JsonObject) -> State:
    entities = state[collection]
    return {**state, collection: {**entities, entity: {**entities[entity], **attributes}}}


def _other(value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1 if abs(value) < 2**52 else 0
    return f"{value}{_ALTERED}" if isinstance(value, str) else _ALTERED
