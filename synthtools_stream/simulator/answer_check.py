"""Check a simulator's answer in code, against the tool's own words and the state.

The same check serves the running simulator (new ids are still placeholders) and the proof (they are minted). Each
problem is one sentence that a model can act on.

What is checked of a typed answer: status, response and message go together; the response holds what `output_details`
promises (`output_check`); changes stay within `effects.writes`, touch what exists, and give attributes values of their
type; what the response says of entities is what the state holds after them (`entity_check`), also in lists
(`list_check`); and nothing is written but what was asked for (`write_check`). A refusal names an error of the tool's,
and for something that the state does not show to be otherwise (`refusal_check`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synthtools_stream.errors import StateProblem
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.entity_check import entity_problems, unshown_problems
from synthtools_stream.simulator.output_check import output_problems
from synthtools_stream.simulator.refusal_check import refusal_problems
from synthtools_stream.simulator.write_check import write_problems
from synthtools_stream.state import CLOCK, apply, attribute_problems, is_placeholder
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["answer_problems", "loose_problems"]


def loose_problems(answer: Answer) -> Iterator[str]:
    """Yield what no answer of any corpus may do."""
    if answer.ok:
        if answer.error_message is not None:
            yield "error_message must be null when status_code is 200"
        return
    if not answer.error_message:
        yield "error_message must say what is wrong when status_code is not 200"
    if answer.response:
        yield "response must be empty unless status_code is 200"
    if answer.changes:
        yield "a refused call changes nothing: changes must be empty"


def answer_problems(
    answer: Answer,
    tool: Tool,
    arguments: JsonObject,
    state: State,
    entity_types: Sequence[EntityType],
    *,
    minted: bool = False,
) -> Iterator[str]:
    """Yield what is wrong with a typed answer to a call made in `state`."""
    yield from loose_problems(answer)
    if not answer.ok:
        yield from refusal_problems(answer, tool, arguments, state, entity_types)
        return
    yield from output_problems(answer.response, tool, entity_types, state)
    broken = list(_change_problems(answer.changes, tool, state, entity_types, minted))
    yield from broken
    if broken:
        return
    try:
        after = apply(state, answer.changes, mint=None).state if answer.changes else state
    except StateProblem as problem:
        yield problem.detail
        return
    writes = _writes(tool, entity_types)
    yield from entity_problems(answer, tool, arguments, state, after, entity_types, writes)
    yield from write_problems(answer.changes, answer.response, tool, arguments, state, entity_types)
    yield from unshown_problems(answer, arguments)


def _writes(tool: Tool, entity_types: Sequence[EntityType]) -> list[str]:
    return [kind.collection for kind in entity_types] if tool.effects is None else tool.effects.writes


def _change_problems(
    changes: Sequence[Change], tool: Tool, state: State, entity_types: Sequence[EntityType], minted: bool
) -> Iterator[str]:
    if not changes:
        return
    kinds = {kind.collection: kind for kind in entity_types}
    writes = _writes(tool, entity_types)
    new_ids = {change.id: change.collection for change in changes if change.op == "create"}
    for change in changes:
        where = f"{change.op} of {change.collection}/{change.id}"
        if change.collection == CLOCK or change.collection not in writes:
            allowed = f"may write only {', '.join(writes)}" if writes else "only reads: it may change nothing"
            yield f"{where}: {tool.tool_name} {allowed}"
            continue
        if change.op == "create" and not minted and not is_placeholder(change.id):
            yield f"{where}: write $new1, $new2, … for the id of what is created"
        if change.op == "delete" and change.attributes:
            yield f"{where}: a delete has no attributes"
        kind = kinds.get(change.collection)
        if kind is not None:
            if change.op == "create" and minted and not change.id.startswith(kind.id_prefix):
                yield f"{where}: its id must begin with {kind.id_prefix}"
            for problem in attribute_problems(change.attributes, kind, state, new_ids):
                yield f"{where}: {problem}"
