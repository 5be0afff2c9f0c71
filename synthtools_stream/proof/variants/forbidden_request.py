"""`forbidden_request`: as the world stands here, a rule of its tool forbids the last step.

One attribute of one entity that the last step acts on has another value. All steps before it come to the same as in the
base; the last one's program refuses it. The agent does the rest, changes nothing else, and says what could not be done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from synthtools_stream.errors import StateProblem
from synthtools_stream.programs.program import Fault
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.execution import execution_problems
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.variants.base_task import base_of, twisted
from synthtools_stream.proof.variants.last_step import last_write, without_last_step
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Task
from synthtools_stream.records.twist import Expected, Twist, VariantKind
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.state import apply, as_json, as_state, refuse_mint
from synthtools_stream.toolcalls import Call, called_tool, parse_call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Altered", "altered_worlds", "forbidden_request", "refusal_problems", "refused_in"]

_MOST_WORLDS = 12
"""Worlds that are tried of one task: an entity has few attributes of closed sets, and each world costs all steps."""
_REFUSED = range(400, 500)
_ABSENT = 404
"""The status by which a program says that an entity is not there, which is no rule of the tool."""


class Altered(NamedTuple):
    """One attribute of the initial state, with another value."""

    collection: str
    id: str
    attribute: str
    value: Json


def altered_worlds(base: Task, replayed: Replay) -> list[Altered]:
    """Return the values to try, in order: those of closed sets, of entities that the last step names.

    None of them is written on the way or stands in the user's words, which would be false then.
    """
    last = last_write(base)
    if last is None or any(called_tool(step.call) not in base.meta.programs for step in base.steps):
        return []
    written = {
        (change.collection, change.id, name)
        for step in base.steps[:last]
        for change in step.changes
        for name in change.attributes
    }
    said = " ".join(step.turn for step in base.steps).casefold()
    named = {leaf.value for leaf in replayed.arguments[last] if isinstance(leaf.value, str)}
    found = [
        one
        for one in _values(base, replayed.states[0], named)
        if one[:3] not in written and str(one.value).replace("_", " ").casefold() not in said
    ]
    return found[:_MOST_WORLDS]


def _values(base: Task, start: State, named: set[str]) -> Iterator[Altered]:
    for kind in base.meta.entity_types:
        for entity_id, entity in start.get(kind.collection, {}).items():
            if entity_id not in named:
                continue
            for attribute in kind.attributes:
                held = entity.get(attribute.name)
                closed: list[Json] = [*attribute.enum] if attribute.enum else []
                if isinstance(held, bool):
                    closed = [not held]
                yield from (Altered(kind.collection, entity_id, attribute.name, one) for one in closed if one != held)


async def refused_in(base: Task, replayed: Replay, worlds: Sequence[Altered], sandbox: Sandbox) -> Task | None:
    """Return the variant in the first of the worlds in which it comes about; None where it does in none.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    for altered in worlds:
        variant = forbidden_request(base, replayed, altered, {})
        if variant is None or await execution_problems(variant, sandbox):
            continue
        refusal = await _refusal(base, replayed.calls[-1], variant, sandbox)
        if refusal is not None:
            return forbidden_request(base, replayed, altered, refusal)
    return None


def forbidden_request(base: Task, replayed: Replay, altered: Altered, refusal: JsonObject) -> Task | None:
    """Return the variant in a world, with the refusal that the last step's program gives there.

    None where it cannot be: the steps before do not fit that world.
    """
    last = last_write(base)
    if last is None:
        return None
    try:
        states = _states(base, altered)
    except StateProblem:
        return None
    where = [altered.collection, altered.id, altered.attribute]
    columns = without_last_step(base, replayed)
    columns["initial_state"] = as_json(states[0])
    columns["final_state"] = as_json(states[last])
    return twisted(
        base,
        VariantKind.forbidden_request,
        Twist(expects=Expected.declined, step=last, altered=where, refusal=refusal),
        **columns,
    )


async def refusal_problems(variant: Task, sandbox: Sandbox) -> list[str]:
    """Return what execution finds wrong: a step that comes to something else here, or no such refusal.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    problems = await execution_problems(variant, sandbox)
    if problems:
        return problems
    base = base_of(variant)
    refusal = await _refusal(base, parse_call(base.steps[-1].call), variant, sandbox)
    told = variant.meta.twist.refusal if variant.meta.twist is not None else None
    return (
        [] if refusal is not None and refusal == told else [f"the last step is not refused with {told}, but {refusal}"]
    )


def _states(base: Task, altered: Altered) -> list[State]:
    """Return the states before each step in the altered world.

    :raises StateProblem: where a step's changes do not fit.
    """
    start = as_state(base.initial_state)
    entities = start.get(altered.collection, {})
    entity = {**entities.get(altered.id, {}), altered.attribute: altered.value}
    states: list[State] = [{**start, altered.collection: {**entities, altered.id: entity}}]
    for step in base.steps[:-1]:
        states.append(apply(states[-1], step.changes, mint=refuse_mint).state)
    return states


async def _refusal(base: Task, call: Call, variant: Task, sandbox: Sandbox) -> JsonObject | None:
    """Return how the last step is refused in the variant's world, where all before it is done; None where it is not."""
    tool = next(tool for tool in base.tools if tool.tool_name == call.name)
    source = base.meta.programs[call.name]
    asked = program_call(source, call, tool, as_state(variant.final_state), base.meta.entity_types)
    (told,) = await sandbox.answers([asked])
    if isinstance(told, Fault) or told.status_code not in _REFUSED or told.status_code == _ABSENT:
        return None
    return {"status_code": told.status_code, "error_message": told.error_message}
