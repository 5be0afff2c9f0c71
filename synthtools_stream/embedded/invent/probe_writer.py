"""The probe role: test calls of one tool against one world, in every mode that the tool's text allows."""

from __future__ import annotations

import random
from collections.abc import Iterator

from synthtools_stream.embedded.invent.call_choice import Caller, Preferences
from synthtools_stream.embedded.invent.foresight import foresee
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.read import (
    OutputKind,
    ToolReading,
    absent_ids,
    broken_rules,
    entities_of,
    read_tool,
)
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["invent_probes"]

_MOST_PROBES = 12
"""Probes an answer, whatever was asked for: past them they repeat themselves."""


def invent_probes(job: Job) -> JsonObject:
    """Return as many probes of each mode as were asked for, where the tool allows so many."""
    tool, state = job.object("tool"), job.object("state")
    reading = read_tool(tool, [], state)
    caller = Caller(reading, state, job.rng)
    per_mode = max(1, min(job.integer("per_mode", 2), _MOST_PROBES // 3))
    probes = [
        *_distinct(_happy(caller), per_mode),
        *_distinct(_violations(caller), per_mode),
        *_distinct(_pinned(caller), per_mode),
    ]
    if not probes:
        probes = [_probe("happy_path", "Call it as its parameters ask.", _plain(caller), 200)]
    return {"probes": [*probes]}


def _probe(mode: str, purpose: str, arguments: JsonObject, status: int) -> JsonObject:
    return {"mode": mode, "purpose": purpose[:300], "arguments": arguments, "expected_status": status}


def _distinct(offered: Iterator[JsonObject], count: int) -> list[JsonObject]:
    """Return the first `count` offers with distinct arguments; repeats only where nothing else is offered."""
    kept: list[JsonObject] = []
    for _, probe in zip(range(4 * count + 4), offered, strict=False):
        if len(kept) == count:
            break
        if all(probe["arguments"] != other["arguments"] for other in kept):
            kept.append(probe)
    return kept


def _plain(caller: Caller) -> JsonObject:
    return caller.valid(Preferences(optional=0.0)) or {}


def _happy(caller: Caller) -> Iterator[JsonObject]:
    for turn in range(20):
        arguments = caller.valid(Preferences(optional=(0.0, 1.0, 0.5)[turn % 3]))
        if arguments is None:
            continue
        yield _probe("happy_path", _happy_purpose(caller, arguments), arguments, 200)


def _happy_purpose(caller: Caller, arguments: JsonObject) -> str:
    said = caller.reading.description.rstrip(".") or "Call the tool"
    given = ", ".join(name for name in arguments) or "nothing"
    return f"{said}: every rule is kept; given are {given}."


def _violations(caller: Caller) -> Iterator[JsonObject]:
    rules = list(caller.reading.rules)
    for turn in range(6 if rules else 0):
        caller.rng.shuffle(rules)
        for rule in rules:
            arguments = caller.breaking(rule)
            if arguments is not None:
                purpose = f"Break the rule: {rule.text}" if turn == 0 else f"Break the rule in another way: {rule.text}"
                yield {**_probe("rule_violation", purpose, arguments, 400), "rule": rule.text[:300]}


def _pinned(caller: Caller) -> Iterator[JsonObject]:
    """Yield in turn: a fact that the answer must show, and an id that is not there."""
    facts, absent = _facts(caller), _absent(caller)
    for _ in range(10):
        for offered in (facts, absent):
            probe = next(offered, None)
            if probe is not None:
                yield probe


def _facts(caller: Caller) -> Iterator[JsonObject]:
    reading = caller.reading
    if not reading.operation.reads_only:
        return
    for _ in range(12):
        arguments = caller.valid(Preferences(optional=0.3))
        if arguments is None:
            return
        found = foresee(reading, caller.with_defaults(arguments), caller.state).found
        fact = _fact(reading, found[0], caller) if found else None
        if fact is not None:
            said = f"The answer must show {fact['attribute']} of {fact['id']} as the world has it."
            yield {**_probe("state_pinned", said, arguments, 200), "fact": fact}


def _fact(reading: ToolReading, identifier: str, caller: Caller) -> JsonObject | None:
    entity = entities_of(caller.state, reading.collection).get(identifier, {})
    shown = [name for name in _shown_attributes(reading) if entity.get(name) is not None]
    if not shown:
        return None
    return {"collection": reading.collection, "id": identifier, "attribute": caller.rng.choice(shown)}


def _shown_attributes(reading: ToolReading) -> list[str]:
    """Return the attributes that a successful read returns."""
    names: list[str] = []
    for output in reading.outputs:
        if output.kind is OutputKind.attribute:
            names.append(output.attribute)
        elif output.kind in (OutputKind.entity, OutputKind.list):
            names += [attribute for _, attribute in output.keys if attribute not in ("", "?")]
    return list(dict.fromkeys(name for name in names if name))


def _absent(caller: Caller) -> Iterator[JsonObject]:
    takers = [item for item in caller.reading.meanings if item.takes_id and item.required and item.collection]
    for turn in range(6 if takers else 0):
        item = takers[turn % len(takers)]
        arguments = caller.valid(Preferences(optional=0.0))
        if arguments is None and item is caller.reading.target:
            arguments = {}
        if arguments is None:
            return
        missing = _missing_id(list(entities_of(caller.state, item.collection)), caller.rng)
        spoiled = {**arguments, item.parameter: missing}
        if absent_ids(caller.reading, spoiled, caller.state) and not _breaks_more(caller, spoiled):
            purpose = f"No {item.noun or 'entity'} has the id {missing}."
            yield _probe("state_pinned", purpose, spoiled, 404)


def _breaks_more(caller: Caller, arguments: dict[str, Json]) -> bool:
    return bool(broken_rules(caller.reading, caller.with_defaults(arguments), caller.state))


def _missing_id(known: list[str], rng: random.Random) -> str:
    prefix = known[0].rstrip("0123456789") if known else "X-"
    return next(name for _ in range(99) if (name := f"{prefix}{rng.randint(7000, 9999)}") not in known)
