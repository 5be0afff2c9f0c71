"""The dialogue planner role: a world that can serve a chain of tools, who is asking, and one goal a step.

The chain is played through in the mind, tool by tool, on a world made for it: each step picks things that the tool's
rules allow at that point, by preference those that the conversation is about already. Where nothing fits, a thing
that nobody touched yet is put into the state that the rule asks for. Of a few such plays the most coherent is kept.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial

from synthtools_stream.embedded.english import a, plural
from synthtools_stream.embedded.invent.call_choice import Caller, Preferences
from synthtools_stream.embedded.invent.clause_wording import imperative
from synthtools_stream.embedded.invent.foresight import Foreseen, apply, foresee
from synthtools_stream.embedded.invent.turn_wording import PERSONAS
from synthtools_stream.embedded.invent.world_writer import build_world, entity_list, invent_now
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import capital
from synthtools_stream.embedded.read import MeaningKind, Relation, Source, ToolReading, entities_of, read_tool
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["plan_dialogue"]

_PLAYS = 3
"""Worlds that are tried for one plan, of which the one that serves the longest prefix is kept."""
_CALLS = 8
"""Calls that are tried for a step: the first half only those that answer a wish."""
_ROLES = (
    "coordinator", "planner", "clerk", "assistant", "team lead", "office manager", "supervisor", "dispatcher",
    "duty manager", "administrator", "deputy", "trainee", "shift leader",
)  # fmt: skip
_DUTIES = ("who looks after {many}", "in charge of {many}", "who handles {many}", "responsible for {many}")


@dataclass
class _Play:
    """One way through the chain."""

    types: Sequence[EntityType]
    state: JsonObject
    start: JsonObject
    rng: random.Random
    focus: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By collection: what the conversation is about, latest first."""
    created: set[str] = field(default_factory=set[str])
    written: dict[tuple[str, str], set[str]] = field(default_factory=dict[tuple[str, str], set[str]])
    """Attributes that a step set already: to set one twice would hide the first step."""
    calls: list[tuple[str, JsonObject]] = field(default_factory=list[tuple[str, JsonObject]])
    goals: list[Json] = field(default_factory=list[Json])
    score: float = 0.0


def plan_dialogue(job: Job) -> JsonObject:
    """Plan one conversation."""
    types = job.records("entity_types", EntityType)
    tools = {str(tool.get("tool_name")): tool for tool in job.objects("tools")}
    order = [name for name in job.texts("order") if name in tools]
    best: _Play | None = None
    for _ in range(_PLAYS):
        play = _play(types, [tools[name] for name in order], job)
        if best is None or play.score > best.score:
            best = play
        if best.score >= 0.4 * len(order):
            break
    start = best.start if best else {}
    world = {name: dict(entities_of(start, name)) for name in start if name != "clock"}
    return {
        "persona": _persona(types, job.rng),
        "now": str(entities_of(start, "clock").get("now", {}).get("value", "")),
        "entities": entity_list(
            {name: {key: dict(value) for key, value in items.items()} for name, items in world.items()}
        ),
        "goals": best.goals if best else [],
    }


def _persona(types: Sequence[EntityType], rng: random.Random) -> str:
    many = plural(types[0].name) if types else "the files"
    role = rng.choice(_ROLES)
    duty = rng.choice(_DUTIES).format(many=many)
    text = rng.choice(PERSONAS[rng.choice(list(PERSONAS))])
    return capital(text.format(role=capital(f"{a(role)} {duty}"), role_low=f"{role} {duty}"))[:300]


def _play(types: Sequence[EntityType], tools: Sequence[JsonObject], job: Job) -> _Play:
    now = invent_now(job.rng)
    state: JsonObject = {}
    for name, entities in build_world(types, now, job.rng).items():
        state[name] = {identifier: {**attributes} for identifier, attributes in entities.items()}
    state["clock"] = {"now": {"value": now}}
    play = _Play(types, state, deepcopy(state), job.rng)
    shown = job.objects("entity_types")
    readings = [read_tool(tool, shown, state) for tool in tools]
    for place, reading in enumerate(readings):
        _step(play, reading, readings[place + 1 :])
    return play


def _step(play: _Play, reading: ToolReading, later: Sequence[ToolReading]) -> None:
    arguments = _call(play, reading, later)
    if arguments is None and _mend(play, reading):
        arguments = _call(play, reading, later)
    if arguments is None:
        play.score -= 10
        goal = capital(imperative(reading.description))
    else:
        goal = _goal(play, reading, arguments)
        _take(play, reading, arguments)
    play.goals.append({"tool_name": reading.name, "goal": f"{goal}."[:300]})


def _call(play: _Play, reading: ToolReading, later: Sequence[ToolReading]) -> JsonObject | None:
    """Return a call that succeeds, hides no earlier step and repeats none."""
    caller = Caller(reading, play.state, play.rng)
    wishes = {name: list(ids) for name, ids in play.focus.items()}
    if reading.operation.reads_only:
        suited = _suited(play, reading, later)
        own = [name for name in wishes.get(reading.collection, []) if not suited or name in suited]
        wishes[reading.collection] = [*own, *suited]
    for turn in range(_CALLS):
        only = turn < _CALLS // 2 and bool(wishes)
        fits = partial(_untouched, play, reading)
        arguments = caller.valid(Preferences(ids=wishes, only=only, may_target=fits, optional=0.5))
        if arguments is None:
            continue
        foreseen = foresee(reading, caller.with_defaults(arguments), play.state)
        if _acceptable(play, reading, arguments, foreseen, wishes.get(reading.collection, []) if turn < 5 else []):
            return arguments
    return None


def _untouched(play: _Play, reading: ToolReading, identifier: str) -> bool:
    """Say whether no earlier step set what this tool would set."""
    if reading.operation.reads_only or reading.operation is Operation.adjust:
        return True
    set_before = play.written.get((reading.collection, identifier), set())
    own = {item.attribute for item in reading.meanings if item.kind is not MeaningKind.target_id}
    own |= {effect.attribute for effect in reading.effects if not effect.secondary}
    return not set_before & own and not (reading.operation is Operation.delete and set_before)


def _acceptable(
    play: _Play,
    reading: ToolReading,
    arguments: JsonObject,
    foreseen: Foreseen,
    wished: Sequence[str],
) -> bool:
    if (reading.name, arguments) in play.calls:
        return False
    if reading.operation is Operation.search:
        return bool(foreseen.found) and bool(arguments) and (not wished or foreseen.found[0] in wished)
    if foreseen.removed:
        return foreseen.removed not in play.created and not any(key[1] == foreseen.removed for key in play.written)
    fresh = all(not (play.written.get(key, set()) & set(attributes)) for key, attributes in foreseen.changed.items())
    return fresh or reading.operation is Operation.adjust


def _suited(play: _Play, reading: ToolReading, later: Sequence[ToolReading]) -> list[str]:
    """Return what the next step that changes something of this collection could work on."""
    for other in later:
        takes = [item for item in other.meanings if item.collection == reading.collection and item.required]
        if other.operation.reads_only or not takes:
            continue
        ids = list(entities_of(play.state, reading.collection))
        play.rng.shuffle(ids)
        caller = Caller(other, play.state, play.rng)
        suited: list[str] = []
        for name in ids:
            if caller.valid(Preferences(ids={reading.collection: [name]}, only=True)) is not None:
                suited.append(name)
            if len(suited) == 3:
                break
        return suited
    return []


def _mend(play: _Play, reading: ToolReading) -> bool:
    """Put an untouched entity into a state that the tool's rules ask for, at the start and now."""
    mended = False
    for rule in reading.rules:
        left, right = rule.require.left, rule.require.right
        if left.source is not Source.attribute or rule.require.relation is not Relation.one_of:
            continue
        meaning = reading.meaning(left.entity)
        collection = meaning.collection if meaning is not None else reading.collection
        allowed = right.value if isinstance(right.value, list) else [right.value]
        touched = {key[1] for key in play.written} | play.created
        free = [name for name in entities_of(play.start, collection) if name not in touched]
        if not free or not allowed:
            continue
        name, value = play.rng.choice(free), play.rng.choice(allowed)
        for state in (play.start, play.state):
            entity = entities_of(state, collection).get(name)
            if entity is not None:
                entity[left.name] = value
                mended = True
    return mended


def _take(play: _Play, reading: ToolReading, arguments: JsonObject) -> None:
    """Let a call happen: change the state, and remember what the conversation is about now."""
    caller = Caller(reading, play.state, play.rng)
    foreseen = foresee(reading, caller.with_defaults(arguments), play.state)
    used = [
        (item.collection, value)
        for item in reading.meanings
        if item.takes_id and isinstance(value := arguments.get(item.parameter), str)
    ]
    play.score += 1.0 if any(value in play.focus.get(collection, []) for collection, value in used) else 0.0
    if foreseen.found and reading.operation is Operation.search:
        play.score += 0.3 if foreseen.found[0] in play.focus.get(reading.collection, []) else 0.0
    for key, attributes in foreseen.changed.items():
        if key[1] != foreseen.created and reading.operation is not Operation.adjust:
            play.written.setdefault(key, set()).update(attributes)
    play.state = apply(foreseen, reading, play.state)
    play.calls.append((reading.name, arguments))
    subjects = [*used, *[(reading.collection, name) for name in (*foreseen.found[:1], foreseen.created) if name]]
    play.created |= {foreseen.created} - {""}
    for collection, name in subjects:
        ids = [other for other in play.focus.get(collection, []) if other != name]
        play.focus[collection] = [name, *ids]


def _goal(play: _Play, reading: ToolReading, arguments: JsonObject) -> str:
    """Say in one sentence what the step is for, and what it is about; a thing yet to be made has no id."""
    head = capital(imperative(reading.description))
    if reading.operation is Operation.search:
        found = foresee(reading, arguments, play.state).found
        return f"{head}, {found[0]} first among them" if found else head
    about: list[str] = []
    for item in reading.meanings:
        value = arguments.get(item.parameter)
        if item.takes_id and isinstance(value, str) and item.kind is not MeaningKind.filter:
            noun = item.noun or reading.noun
            about.append(f"the new {noun}" if value in play.created else f"{noun} {value}")
    return f"{head}: {', '.join(about)}" if about else head
