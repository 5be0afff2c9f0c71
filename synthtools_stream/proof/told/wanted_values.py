"""What a user wants to be told, value by value, with all that tells it from others in a message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from synthtools_stream.proof.answer_slots import slots_of
from synthtools_stream.proof.told.bare_answers import last_key
from synthtools_stream.proof.told.row_facts import RowFacts, objects_in, plain_words, texts_of
from synthtools_stream.proof.told.value_units import units_in
from synthtools_stream.records.blueprint import Attribute
from synthtools_stream.records.task import Step, Task
from synthtools_stream.values.json_pointers import leaves, resolve
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.dates import parse_date

__all__ = ["Asked", "asked_of"]


class Asked(NamedTuple):
    """One scalar, or empty list or object, that the user wants to be told."""

    value: Json
    key: str
    """The name under which it stands: `capacity_left`."""
    noun: str
    """What it is an attribute of, in one word, or nothing: `vessel`."""
    owners: frozenset[str]
    """Ids and names, in plain small letters, of what it may be said of."""
    siblings: frozenset[str]
    """The other texts that its attribute has or may have, in plain words."""
    units: frozenset[str]
    """In which it is measured, as far as the row says."""
    history: tuple[Json, ...]
    """What the same attribute of the same thing is at other times, or is set to by a call."""
    peers: frozenset[str]
    """The texts that are asked for besides, in plain words."""
    peer_numbers: tuple[float, ...]
    peer_dates: tuple[datetime, ...]
    slot: str
    """The name under which it may be told apart from the message."""


class _Place(NamedTuple):
    """Where an asked value stands."""

    step: int
    pointer: str
    value: Json
    slot: str

    @property
    def key(self) -> str:
        return last_key(self.pointer)


def asked_of(task: Task, facts: RowFacts) -> tuple[Asked, ...]:
    """Return all that a task's user wants to be told."""
    places = [
        _Place(answer.step, answer.pointer + leaf.pointer, leaf.value, slot)
        for slot, answer in zip(slots_of(task), task.answer, strict=True)
        if 0 <= answer.step < len(task.steps)
        for leaf in leaves(answer.value)
    ]
    texts = _texts_under({place.key for place in places}, task, facts)
    return tuple(
        _asked(place, [other.value for other in places if other != place], texts[place.key], task, facts)
        for place in places
    )


def _asked(place: _Place, others: list[Json], texts: frozenset[str], task: Task, facts: RowFacts) -> Asked:
    step = task.steps[place.step]
    around = list(_around(step.response, place.pointer))
    ids = _related(place, around, step, facts)
    owner = _owner(place.key, around, ids, facts)
    kind = facts.types.get(facts.entities[owner][0]) if owner is not None else None
    attribute = next((one for one in kind.attributes if one.name == place.key), None) if kind else None
    described = attribute.description if attribute else _described(step, place.key, task)
    return Asked(
        value=place.value,
        key=place.key,
        noun=kind.name.lower() if kind else "",
        owners=frozenset(name for one in ids for name in facts.names_of(one)),
        siblings=_siblings(attribute, texts, place.value),
        units=units_in(f"{place.key} {described}"),
        history=tuple(_history(owner, place.key, task, facts)),
        peers=frozenset(plain_words(other) for other in others if isinstance(other, str)),
        peer_numbers=tuple(one for one in others if isinstance(one, int | float) and not isinstance(one, bool)),
        peer_dates=tuple(day for other in others if isinstance(other, str) and (day := parse_date(other))),
        slot=place.slot,
    )


def _around(response: JsonObject, pointer: str) -> Iterator[JsonObject]:
    """Yield the objects of a response in which a pointer's value stands, the nearest first."""
    while pointer:
        pointer = pointer.rpartition("/")[0]
        try:
            held = resolve(response, pointer)
        except LookupError:
            continue
        if isinstance(held, dict):
            yield held


def _related(place: _Place, around: list[JsonObject], step: Step, facts: RowFacts) -> list[str]:
    """Return the ids of which a value may be said: those beside it, in the call, and those to which they refer."""
    held = [text for item in (*around, facts.arguments[place.step]) for text in texts_of(item)]
    ids = [text for text in held if text in facts.entities]
    ids += [text for one in list(ids) for text in texts_of(facts.entities[one][1]) if text in facts.entities]
    if place.pointer.count("/") == 1:  # a count stands beside the list that it counts
        shown = (leaf.value for leaf in leaves(step.response))
        ids += [text for text in shown if isinstance(text, str) and text in facts.entities]
    return list(dict.fromkeys(ids))


def _owner(key: str, around: list[JsonObject], ids: list[str], facts: RowFacts) -> str | None:
    """Return the entity that has the attribute: the nearest, if it has it."""
    beside = (one for one in texts_of(around[0]) if one in facts.entities) if around else iter(())
    nearest = next(beside, None)
    if nearest is not None and key in facts.entities[nearest][1]:
        return nearest
    return next((one for one in ids if key in facts.entities[one][1]), nearest)


def _described(step: Step, key: str, task: Task) -> str:
    name = step.call.split("(", 1)[0]
    tool = next((tool for tool in task.tools if tool.tool_name == name), None)
    output = tool.output_details.get(key) if tool is not None else None
    return output.description if output is not None else ""


def _texts_under(keys: set[str], task: Task, facts: RowFacts) -> dict[str, frozenset[str]]:
    """Return the texts that stand under each of some names in responses and entities."""
    held = [content for _, content in facts.entities.values()]
    held += [item for step in task.steps for item in objects_in(step.response)]
    return {key: frozenset(text for item in held if isinstance(text := item.get(key), str)) for key in keys}


def _siblings(attribute: Attribute | None, texts: frozenset[str], value: Json) -> frozenset[str]:
    if not isinstance(value, str):
        return frozenset()
    others = texts.union(attribute.enum or ()) if attribute is not None else texts
    return frozenset(plain_words(text) for text in others if text) - {plain_words(value)}


def _history(owner: str | None, key: str, task: Task, facts: RowFacts) -> Iterator[Json]:
    if owner is None:
        return
    for state in facts.states:
        for members in state.values():
            if isinstance(members, dict) and isinstance(held := members.get(owner), dict):
                yield held.get(key)
    for call, step in zip(facts.arguments, task.steps, strict=True):
        yield from (change.attributes.get(key) for change in step.changes if change.id == owner)
        if owner in texts_of(call) or any(change.id == owner for change in step.changes):
            yield from (leaf.value for leaf in leaves(call) if last_key(leaf.pointer) == key)
