"""Twins: a tool that could stand for another in a ground-truth call, to the same effect.

Where there is one, the request leaves open which is meant. Two tools that both have programs are told apart by what
these do (`twin_calls`, `proof.execution`); of others only the words are known, and tools that differ in no more than
their names, or one that could be meant and that no step shows at work, are refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.toolcalls import Call, canonical, check_call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["TwinCall", "twin_calls", "twin_problems"]


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
            yield f"step {twin.step}: tool '{other}' could be meant as well, and no step shows that it does another thing"
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


def _alike_names(task: Task) -> Iterator[str]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for tool in task.tools:
        names["".join(filter(str.isalnum, tool.tool_name.casefold()))].append(tool.tool_name)
    for alike in names.values():
        if len(set(alike)) > 1:
            yield f"tools {' and '.join(repr(name) for name in alike)} differ in case or marks only"


def _differ_in_name_only(task: Task, mine: str, other: str) -> bool:
    tools = {tool.tool_name: tool for tool in task.tools}
    programs = task.meta.programs
    bare = [tools[name].model_copy(update={"tool_name": "", "tool_description": ""}) for name in (mine, other)]
    return bare[0] == bare[1] and programs.get(mine) == programs.get(other)


def _stand_ins(task: Task, replayed: Replay) -> Iterator[TwinCall]:
    """Yield each call as it could be made of another tool that says it writes and returns as much."""
    tools = {tool.tool_name: tool for tool in task.tools}
    for index, call in enumerate(replayed.calls):
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
    """Return arguments as another tool takes them: under the same names, else under the only one of the same form."""
    mapped = {name: value for name, value in arguments.items() if name in other.parameters}
    left = {name: value for name, value in arguments.items() if name not in mapped}
    for name, parameter in other.parameters.items():
        if name in mapped or not (parameter.required or left):
            continue
        fits = [old for old in left if _form(mine.parameters.get(old)) == _form(parameter)]
        if len(fits) == 1:
            mapped[name] = left.pop(fits[0])
        elif parameter.required:
            return None
    return None if _says_more(left, mine.parameters) else mapped


def _form(parameter: Parameter | None) -> tuple[str, str | None, str] | None:
    return None if parameter is None else (parameter.type, parameter.format, repr(parameter.enum))


def _says_more(left: Mapping[str, Json], parameters: Mapping[str, Parameter]) -> bool:
    """Say whether arguments that found no place are more than defaults."""
    return any(name not in parameters or parameters[name].default != value for name, value in left.items())
