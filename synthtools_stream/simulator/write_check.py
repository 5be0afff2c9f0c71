"""Check what an answer writes against the call and the tool's words: nothing but what was asked for, and as asked.

An attribute under a parameter's own name gets what the call gave. An update is of an entity that the call or the
response names, or of one that these refer to, and of attributes of which call or tool speak. What is created, the tool
speaks of, and nothing is created twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.tool_words import is_spoken, said_words, tells
from synthtools_stream.state import CLOCK, apply
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, same_json
from synthtools_stream.wording.dates import is_date

__all__ = ["effective", "idle_changes", "news", "write_problems"]

_SHOWN = 60
"""Characters that a problem shows of a value: enough to know it by."""
_RECKONS = re.compile(
    r"\b(?:discount|percent|multipl\w+|round\w*|convert\w*|total|sum|plus|minus|rais\w+|lower\w*|increas\w+"
    r"|decreas\w+|reduc\w+|add(?:s|ed|ing)?|top\w* up|deduct\w*|subtract\w*|by (?:that|this) (?:amount|number))\b|%",
    re.IGNORECASE,
)
"""Words of tools that write a number reckoned from what the call gave."""
_STEPS = re.compile(
    r"\b(?:rais|lower|increas|decreas|reduc)\w*\b[^.]*\bby (?:that|this|the given) (?:amount|number|much|value)\b",
    re.IGNORECASE,
)
"""Words of tools that raise or lower a number by what the call gives."""


def write_problems(
    changes: Sequence[Change],
    response: JsonObject,
    tool: Tool,
    arguments: JsonObject,
    before: State,
    entity_types: Sequence[EntityType],
) -> Iterator[str]:
    """Yield what is wrong with changes that fit the state."""
    if not changes:
        return
    free = {f"{kind.collection}.{part.name}" for kind in entity_types for part in kind.attributes if part.volatile}
    yield from _echo_problems(changes, arguments, tool, free)
    yield from _strangers(changes, response, arguments, before)
    words = said_words(tool)
    yield from _unspoken(changes, arguments, words, before)
    yield from _twins(changes, arguments)
    yield from _missteps(changes, arguments, tool, before)
    if all(change.op != "create" for change in changes):
        return
    names = {kind.collection: kind.name for kind in entity_types}
    for change in changes:
        noun = names.get(change.collection)
        if change.op == "create" and noun is not None and not is_spoken(noun, words):
            yield f"create of {change.collection}/{change.id}: the tool does not speak of any {noun}"


def idle_changes(changes: Sequence[Change], before: State) -> Iterator[str]:
    """Yield the updates that change nothing, each seen after the ones before it: runtimes leave them out."""
    state = before
    for change in changes:
        entity = (state.get(change.collection) or {}).get(change.id, {})
        if change.op == "update" and not news(change, entity):
            yield f"the update of {change.collection}/{change.id} changes nothing"
        if len(changes) > 1:
            state = apply(state, [change], mint=None).state


def news(change: Change, entity: JsonObject) -> JsonObject:
    """Return the attributes that a change gives another value than they have."""
    given = change.attributes.items()
    return {name: value for name, value in given if name not in entity or not same_json(entity[name], value)}


def _echo_problems(
    changes: Sequence[Change], arguments: JsonObject, tool: Tool, free: Collection[str]
) -> Iterator[str]:
    """Yield attributes that are written under a parameter's own name, but in no case with what the call gave.

    Those in `free` are volatile: they may be worded otherwise.
    """
    written: dict[str, list[tuple[Change, Json]]] = {}
    for change in changes:
        for name, value in change.attributes.items():
            given = _given(name, arguments)
            if given is not None and f"{change.collection}.{name}" not in free:
                written.setdefault(name, []).append((change, value))
    for name, found in written.items():
        change, value = found[0]
        if any(_is_echo(value, given, tool) for _, value in found for given in arguments.values()):
            continue
        where = f"{change.op} of {change.collection}/{change.id}"
        yield f"{where}: {name} is {str(value)[:_SHOWN]!r}, but the call gave {str(_given(name, arguments))[:_SHOWN]!r}"


def _given(name: str, arguments: JsonObject) -> Json:
    """Return what a call gives for an attribute: under its own name, or as its new value."""
    return arguments[name] if arguments.get(name) is not None else arguments.get(f"new_{name}")


def _is_echo(value: Json, given: Json, tool: Tool) -> bool:
    """Say whether a written value is what the call gave; a number may be reckoned from it, where the tool reckons."""
    if same_json(value, given):
        return True
    if isinstance(value, bool) or isinstance(given, bool):
        return False
    if isinstance(value, str) and isinstance(given, str):
        a, b = value.casefold().strip(), given.casefold().strip()
        short, long = sorted((a, b), key=len)  # a day and a moment of it may be meant
        return a == b or (is_date(short.upper()) and long.startswith(short))
    if isinstance(value, int | float) and isinstance(given, int | float):
        return tells(_RECKONS, f"{tool.tool_description}\n{tool.usage}")
    return isinstance(value, list | dict) or isinstance(given, list | dict)


def _strangers(changes: Sequence[Change], response: JsonObject, arguments: JsonObject, before: State) -> Iterator[str]:
    """Yield changes of old entities that neither the call nor the response names, nor anything that these refer to.

    A call that neither names an entity nor creates one may mean many.
    """
    called = {name: entity for name in _texts(arguments) if (entity := _entity(name, before)) is not None}
    if not called and not any(change.op == "create" for change in changes):
        return
    if all(change.op == "create" or change.id in called for change in changes):
        return
    shown = {name: entity for name in _texts(response) if (entity := _entity(name, before)) is not None}
    reached = {*called, *shown}
    for change in changes:
        entity = _entity(change.id, before)
        if change.op == "create" or change.id in reached or entity is None:
            continue
        if any(change.id in _texts(part) for part in (*called.values(), *shown.values())):
            continue
        if any(change.id in _texts(other.attributes) for other in changes):
            continue
        if change.op == "update" and not news(change, entity):
            continue
        if called.keys().isdisjoint(_texts(entity)):
            yield f"{change.op} of {change.collection}/{change.id}: nobody spoke of it"


def _entity(name: str, state: State) -> JsonObject | None:
    """Return the entity of that id, of the last collection that has one."""
    for collection in reversed(state):
        if name in state[collection] and collection != CLOCK:
            return state[collection][name]
    return None


def _unspoken(changes: Sequence[Change], arguments: JsonObject, words: str, before: State) -> Iterator[str]:
    """Yield updates of attributes of which neither the call nor the tool speaks.

    The tool's words may name the attribute or its new value; the call may give the value, or by how much it changes.
    """
    given = leaf_values(arguments)
    for change in changes:
        if change.op != "update":
            continue
        old = (before.get(change.collection) or {}).get(change.id, {})
        for name, value in news(change, old).items():
            by = _difference(old.get(name), value)
            spoken = is_spoken(name, words) or (isinstance(value, str) and is_spoken(value, words))
            if spoken or any(same_json(value, item) or (by is not None and same_json(by, item)) for item in given):
                continue
            yield f"update of {change.collection}/{change.id}: nothing speaks of changing its {name}"


def _missteps(changes: Sequence[Change], arguments: JsonObject, tool: Tool, before: State) -> Iterator[str]:
    """Yield a number by which something should rise or fall, and by which nothing does."""
    steps = [value for value in arguments.values() if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(steps) != 1 or not steps[0] or not tells(_STEPS, tool.usage):
        return
    for change in changes:
        old = (before.get(change.collection) or {}).get(change.id, {})
        if any(
            name in old and same_json(_difference(old[name], value), abs(steps[0]))
            for name, value in change.attributes.items()
        ):
            return
    yield f"nothing rises or falls by {steps[0]}, though the tool says so"


def _difference(old: Json, new: Json) -> Json:
    """Return by how much a number rose or fell; one that was null rose from 0."""
    if isinstance(old, bool) or isinstance(new, bool):
        return None
    if not isinstance(old, int | float | None) or not isinstance(new, int | float):
        return None
    return round(abs(new - (old or 0)), 6)


def _twins(changes: Sequence[Change], arguments: JsonObject) -> Iterator[str]:
    """Yield what is created more than once, all alike, where the call gives neither that number nor a list."""
    created = [change for change in changes if change.op == "create"]
    if len(created) < 2 or any(isinstance(value, list) for value in arguments.values()):
        return
    alike: dict[bytes, list[Change]] = {}
    for change in created:
        alike.setdefault(canonical_json([change.collection, change.attributes]), []).append(change)
    for same in alike.values():
        if len(same) > 1 and not any(same_json(len(same), value) for value in arguments.values()):
            yield f"create of {same[1].collection}/{same[1].id}: the same is created {len(same)} times"


def _texts(value: Json) -> set[str]:
    return {item for item in leaf_values(value) if isinstance(item, str)}


def effective(changes: Sequence[Change], state: State) -> list[Change]:
    """Return changes without what changes nothing: setting an attribute to what it is already is no write."""
    kept: list[Change] = []
    for place, change in enumerate(changes, start=1):
        effective = change
        if change.op == "update":
            fresh = news(change, (state.get(change.collection) or {}).get(change.id, {}))
            effective = change.model_copy(update={"attributes": fresh})
        if effective.attributes or change.op != "update":
            kept.append(effective)
        if place < len(changes):  # several changes of one entity depend on each other
            state = apply(state, [change], mint=None).state
    return kept
