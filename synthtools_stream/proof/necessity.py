"""Is every call of a task needed, and does every argument matter?

A call is needed when it writes, when the user asked for something it answers, when a later argument can come from
nowhere else, or when it guards a later call: it shows an attribute on which a rule of that call's tool rests, of an
entity which that call acts on. Guards are named in the certificate; so are reads of brought rows that are needed only
because the row declares it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.row_origin import exempt_steps
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.task import Guard, Provenance, Step, Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.state import CLOCK, now_of
from synthtools_stream.values.json_pointers import Leaf, leaf_pointers, leaf_values, leaves
from synthtools_stream.values.jsontypes import Json, same_json
from synthtools_stream.wording.value_search import find_value

__all__ = ["MOST_UNOBSERVED", "Necessity", "necessity", "rests_on", "unobserved_arguments"]

MOST_UNOBSERVED = 0.25
"""Share of a task's arguments that may leave no trace: a note or two do, but a task made of them proves nothing."""


class Necessity(NamedTuple):
    """Which calls nothing needs, and which are needed as guards only, or because their owner says so."""

    unneeded: list[int]
    guards: list[Guard]
    exempt: list[int]


def necessity(task: Task, replayed: Replay) -> Necessity:
    """Find out which calls of a task are needed."""
    found = Necessity([], [], [])
    declared = exempt_steps(task, replayed.calls)
    for index, step in enumerate(task.steps):
        if step.changes or step.answer or _is_sole_source(task, index, replayed):
            continue
        guard = next(_guards(task, index, replayed), None)
        if guard is not None:
            found.guards.append(guard)
        elif index in declared:
            found.exempt.append(index)
        else:
            found.unneeded.append(index)
    return found


def unobserved_arguments(task: Task, replayed: Replay) -> list[str]:
    """Return the arguments, as `<step><pointer>`, of writes that neither select an entity nor show in the changes."""
    return [
        f"{index}{leaf.pointer}"
        for index, step in enumerate(task.steps)
        if step.changes  # in a read, all arguments decide what is returned
        for leaf in _without_trace(replayed.arguments[index], step, replayed.states[index])
    ]


def _without_trace(arguments: Sequence[Leaf], step: Step, before: State) -> Iterator[Leaf]:
    others = [leaf for leaf in arguments if _collection_of(leaf.value, before) is None]
    if not others:
        return
    traces = [item for change in step.changes for item in leaf_values(change.attributes)]
    traces.extend(by for change in step.changes for by in _differences(change, before))
    yield from (leaf for leaf in others if not _is_among(leaf.value, traces))


def _is_among(value: Json, items: Sequence[Json]) -> bool:
    return any(same_json(value, item) for item in items)


def _differences(change: Change, before: State) -> Iterator[Json]:
    """Yield by how much a change raises or lowers numbers."""
    old = (before.get(change.collection) or {}).get(change.id, {})
    for name, new in change.attributes.items():
        was = old.get(name)
        if _is_number(new) and _is_number(was):
            assert isinstance(new, int | float)
            assert isinstance(was, int | float)
            yield round(abs(new - was), 6)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_sole_source(task: Task, index: int, replayed: Replay) -> bool:
    """Say whether a later argument rests on this step's response, and on nothing else that was known by then."""
    for later in range(index + 1, len(task.steps)):
        for pointer, proof in task.steps[later].provenance.items():
            for value in _taken(proof, index, pointer, replayed.calls[later].arguments):
                if not _known_otherwise(value, task, index, later, replayed):
                    return True
    return False


def _taken(proof: Provenance, index: int, pointer: str, arguments: Json) -> Iterator[Json]:
    """Yield the values that a provenance takes from step `index`."""
    if proof.step == index:
        yield from (leaf.value for leaf in leaf_pointers(arguments) if leaf.pointer == pointer)
    for part, value in zip(proof.inputs or (), proof.values or (), strict=False):
        if part.step == index:
            yield value


def _known_otherwise(value: Json, task: Task, index: int, later: int, replayed: Replay) -> bool:
    now = now_of(replayed.states[0])
    if any(find_value(step.turn, value, now) is not None for step in task.steps[: later + 1]):
        return True
    return any(
        same_json(item, value)
        for number, step in enumerate(task.steps[:later])
        if number != index
        for item in leaf_values(step.response)
    )


def _guards(task: Task, index: int, replayed: Replay) -> Iterator[Guard]:
    """Yield the later calls whose rules rest on what this step shows."""
    tools = {tool.tool_name: tool for tool in task.tools}
    shown = list(_shown_attributes(task, index, replayed))
    for later in range(index + 1, len(task.steps)):
        call, step = replayed.calls[later], task.steps[later]
        touched = {leaf.value for leaf in leaves(call.arguments) if isinstance(leaf.value, str)}
        touched |= {change.id for change in step.changes}
        tool = tools[call.name]
        for collection, entity, attribute in shown:
            if entity in touched and rests_on(tool, attribute):
                yield Guard(step=index, guards=later, entity=entity, attribute=f"{collection}.{attribute}")


def _shown_attributes(task: Task, index: int, replayed: Replay) -> Iterator[tuple[str, str, str]]:
    """Yield (collection, id, attribute) for what a response shows of entities that it or the call names."""
    state = replayed.states[index]
    named = [leaf.value for leaf in leaves(replayed.calls[index].arguments)]
    response = task.steps[index].response
    named.extend(leaf.value for leaf in leaves(response))
    keys = {part for leaf in leaves(response) for part in leaf.pointer.split("/")}
    for value in dict.fromkeys(value for value in named if isinstance(value, str)):
        collection = _collection_of(value, state)
        if collection is not None:
            yield from ((collection, value, name) for name in state[collection][value] if name in keys)


def rests_on(tool: Tool, attribute: str) -> bool:
    """Say whether the tool's rules speak of an attribute, so that to see it helps to keep them."""
    rules = "\n".join([tool.usage, *tool.error_messages]).casefold()
    words = tuple(word for word in attribute.casefold().split("_") if word)
    return all(word in rules for word in words) and _in_a_row(words).search(rules) is not None


@lru_cache(maxsize=1024)
def _in_a_row(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){'[ _-]'.join(map(re.escape, words))}(?!\w)")


def _collection_of(value: Json, state: State) -> str | None:
    if isinstance(value, str):
        for name, entities in state.items():
            if value in entities and name != CLOCK:
                return name
    return None
