"""Code's own judgment of an answer: what is surely right. What is surely wrong, the runtime has refused before.

A refusal is right where the state alone demands it. And of a read everything may be accounted for: each value that it
shows is an attribute of the one entity that the call names, or the call's own argument. Only the rest needs a judge.
"""

from __future__ import annotations

from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.audit_roles import Judgment, ProbeSpec
from synthtools_stream.simulator.tool_runtime import Served
from synthtools_stream.state import CLOCK
from synthtools_stream.values.json_pointers import leaves
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json

__all__ = ["code_judgment"]


def code_judgment(probe: ProbeSpec, served: Served, tool: Tool, world: State) -> Judgment | None:
    """Return the judgment that needs no judge, or None."""
    status = served.status_code
    if probe.mode == "rule_violation" and status in (400, 409) and probe.expected_status in (400, 409):
        return Judgment.correct
    if probe.mode == "state_pinned" and status == probe.expected_status == 404:
        return Judgment.correct
    if status == probe.expected_status == 200 and not served.changes:
        return _read(probe, served, tool, world)
    return None


def _read(probe: ProbeSpec, served: Served, tool: Tool, world: State) -> Judgment | None:
    if tool.effects is None or tool.effects.writes:
        return None
    if _is_accounted_for(served.response, probe.arguments, world):
        return Judgment.correct
    if probe.mode == "state_pinned" and probe.fact is not None:
        value = world.get(probe.fact.collection, {}).get(probe.fact.id, {}).get(probe.fact.attribute)
        return Judgment.correct if value is not None and _holds(served.response, value) else None
    return None


def _is_accounted_for(response: JsonObject, arguments: JsonObject, world: State) -> bool:
    """Say whether all of a response is told by the one entity that the call names, and by the call itself."""
    named = [
        (name, entities[name])
        for name in (value for value in arguments.values() if isinstance(value, str))
        for collection, entities in world.items()
        if collection != CLOCK and name in entities
    ]
    if len(named) != 1 or len(arguments) != 1:
        return False  # who names several, or filters, may mean more than a look-up
    name, entity = named[0]
    return bool(response) and _tells_only(response, name, entity)


def _tells_only(value: JsonObject, name: str, entity: JsonObject) -> bool:
    """Say whether an object holds nothing but attributes of the entity, and its id under another name."""
    for key, item in value.items():
        if key in entity:
            if not same_json(item, entity[key]):
                return False
        elif isinstance(item, dict):
            if not item or not _tells_only(item, name, entity):
                return False
        elif not same_json(item, name):
            return False
    return True


def _holds(answer: Json, value: Json) -> bool:
    return any(same_json(leaf.value, value) for leaf in leaves(answer)) or same_json(answer, value)
