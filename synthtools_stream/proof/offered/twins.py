"""Twins: a tool that could stand for another in a ground-truth call, to the same effect.

Where there is one, the request leaves open which is meant. Two tools that both have programs are told apart by what
these do (`twin_calls`, `is_same_effect`; `proof.execution` lets them do it); of others only the words are known, and
tools that differ in no more than their names, or one that could be meant and that no step shows at work, are refused.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.necessity import necessity
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Step, Task
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.write_check import effective
from synthtools_stream.state import rename
from synthtools_stream.toolcalls import Call, canonical, check_call
from synthtools_stream.values.json_pointers import leaf_values, resolve
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, same_json

__all__ = ["TwinCall", "is_same_effect", "twin_calls", "twin_problems"]


class TwinCall(NamedTuple):
    """A ground-truth call as it would be made of another tool."""

    step: int
    call: Call


def twin_problems(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield which tools cannot be told apart, as far as that shows without execution."""
    yield from _alike_names(task)
    called = {call.name for call in replayed.calls}
    told: set[frozenset[str]] = set()
    for twin in _stand_ins(task, replayed):
        mine, other = replayed.calls[twin.step].name, twin.call.name
        pair = frozenset((mine, other))
        if pair in told:
            continue
        if other not in called:
            told.add(pair)
            yield f"step {twin.step}: tool '{other}' could be meant as well, and no step shows what it does"
        elif _differ_in_name_only(task, mine, other):
            told.add(pair)
            yield f"step {twin.step}: tool '{other}' does the same"


def twin_calls(task: Task, replayed: Replay) -> list[TwinCall]:
    """Return the calls by which programs of other tools might come to what a step of a coded tool came to."""
    coded = task.meta.programs
    return [
        twin
        for twin in _stand_ins(task, replayed)
        if twin.call.name in coded and replayed.calls[twin.step].name in coded
    ]


def is_same_effect(step: Step, answer: Answer, before: State) -> bool:
    """Say whether a twin's answer, given in the state before a step, does what the step did and tells what it told.

    A step that writes is done as well by whoever writes the same and answers what the user asked for; one that only
    reads, by whoever tells the same values.
    """
    if not answer.ok:
        return False
    created = [change.id for change in step.changes if change.op == "create"]
    placeholders = [change.id for change in answer.changes if change.op == "create"]
    if len(created) != len(placeholders):
        return False
    names = dict(zip(placeholders, created, strict=True))
    told = leaf_values(rename(answer.response, names))
    if not step.changes:
        return not answer.changes and _counted(told) == _counted(leaf_values(step.response))
    made: list[Json] = [change.to_json() for change in effective(answer.changes, before)]
    asked = (value for pointer in step.answer for value in leaf_values(resolve(step.response, pointer)))
    return same_json(rename(made, names), [change.to_json() for change in step.changes]) and all(
        any(same_json(value, other) for other in told) for value in asked
    )


def _counted(values: Sequence[Json]) -> Counter[bytes]:
    return Counter(map(canonical_json, values))


def _alike_names(task: Task) -> Iterator[str]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for tool in task.tools:
        names[_bare(tool.tool_name)].append(tool.tool_name)
    for alike in names.values():
        if len(set(alike)) > 1:
            yield f"tools {' and '.join(repr(name) for name in alike)} differ in case or marks only"


@lru_cache(maxsize=1024)
def _bare(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _differ_in_name_only(task: Task, mine: str, other: str) -> bool:
    tools = {tool.tool_name: tool for tool in task.tools}
    programs = task.meta.programs
    bare = [tools[name].model_copy(update={"tool_name": "", "tool_description": ""}) for name in (mine, other)]
    return bare[0] == bare[1] and programs.get(mine) == programs.get(other)


def _stand_ins(task: Task, replayed: Replay) -> Iterator[TwinCall]:
    """Yield each call as it could be made of another tool that says it writes and returns as much."""
    tools = {tool.tool_name: tool for tool in task.tools}
    declared = frozenset(necessity(task, replayed).exempt if task.meta.exempt else ())  # nothing rests on their tools
    for index, call in enumerate(replayed.calls):
        if index in declared:
            continue
        mine = tools[call.name]
        for other in task.tools:
            if other is mine or not _may_stand_for(other, mine, task.steps[index].answer):
                continue
            arguments = _mapped(call.arguments, mine, other)
            if arguments is not None and not check_call(made := Call(other.tool_name, arguments), other):
                yield TwinCall(index, canonical(made, other))


def _may_stand_for(other: Tool, mine: Tool, answer: list[str]) -> bool:
    if mine.effects is None or other.effects is None or set(mine.effects.writes) != set(other.effects.writes):
        return False
    asked = {mine.output_details[key].type for key in _keys(answer) if key in mine.output_details}
    return asked <= {field.type for field in other.output_details.values()}


def _keys(pointers: list[str]) -> Iterator[str]:
    return (pointer.split("/")[1] for pointer in pointers if pointer.startswith("/"))


def _mapped(arguments: JsonObject, mine: Tool, other: Tool) -> JsonObject | None:
    """Return arguments as another tool takes them: under the same names, else in order of the same form."""
    mapped = {name: value for name, value in arguments.items() if name in other.parameters}
    left = {name: value for name, value in arguments.items() if name not in mapped}
    for name, parameter in other.parameters.items():
        if name in mapped or not (parameter.required or left):
            continue
        fit = next((old for old in left if _form(mine.parameters.get(old)) == _form(parameter)), None)
        if fit is not None:
            mapped[name] = left.pop(fit)
        elif parameter.required:
            return None
    return None if _says_more(left, mine.parameters) else mapped


def _form(parameter: Parameter | None) -> tuple[str, str | None, str] | None:
    return None if parameter is None else (parameter.type, parameter.format, repr(parameter.enum))


def _says_more(left: Mapping[str, Json], parameters: Mapping[str, Parameter]) -> bool:
    """Say whether arguments that found no place are more than defaults."""
    return any(name not in parameters or parameters[name].default != value for name, value in left.items())
