"""Check a refusal: its status is one that a tool on a typed state has, its error one that the tool declares, and an id
that is said to be absent is.

What cannot be decided passes: a name that may be an id, an id that may be of another collection, a tool without names
of errors. Whether the rule that is named is broken is for `kept_rules` to say, where it can be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.kept_rules import kept_rule
from synthtools_stream.simulator.tool_words import is_spoken, tells
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls.stated_forms import stated_forms
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["refusal_problems"]

_ABSENT, _BROKEN_DOWN = 404, 500
_UNASKED = {
    401: re.compile(r"\b401\b|log(?:ged)? ?in|authenti|credential", re.I),
    403: re.compile(r"\b403\b|permi|authori|forbid|allow", re.I),
}
"""Statuses that only tools give which speak of them, and the words by which they do."""
_NAME = re.compile(r"([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)\b(?=\s*:)")
"""An error's name, at the head of a message or of the line that declares it."""
_OF_ID = re.compile(r"\b(?:ids?|identifiers?|codes?|numbers?|references?|keys?)\b", re.I)
"""Words of a parameter whose value may be the id of something."""
_NAMES_SHOWN = 8
"""Names of errors that a problem lists: as many as a tool of ours may have."""


def refusal_problems(
    answer: Answer, tool: Tool, arguments: JsonObject, state: State, entity_types: Sequence[EntityType]
) -> Iterator[str]:
    """Yield what is wrong with an answer that is no success."""
    message = answer.error_message or ""
    if answer.status_code == _BROKEN_DOWN:
        yield "status_code is 500, but this tool does not break down: answer 200, 400 or 404"
        return
    asked = _UNASKED.get(answer.status_code)
    if asked is not None and not tells(asked, "\n".join([tool.tool_description, tool.usage, *tool.error_messages])):
        yield f"status_code is {answer.status_code}, of which the tool does not speak: answer 200, 400 or 404"
        return
    if answer.status_code == _ABSENT and not _may_be_absent(arguments, tool, state, entity_types):
        yield "status_code is 404, but every id that the call gives exists; a rule that is broken is a 400"
    if (problem := _name_problem(message, tool, answer.status_code)) is not None:
        yield problem
    elif answer.status_code != _ABSENT and (kept := kept_rule(message, tool, arguments, state, entity_types)):
        yield f"{kept}: that rule is kept; answer 200, or name the rule that is broken"


def _name_problem(message: str, tool: Tool, status: int) -> str | None:
    """Say that a message names no error of the tool; an absent id, and words of the tool's own, need no name."""
    declared = [found[1] for line in tool.error_messages if (found := _NAME.match(line))]
    said = _NAME.match(message)
    if status == _ABSENT and not declared:
        return None
    if said is not None and said[1] not in declared and said[1] not in f"{tool.usage} {tool.error_messages}":
        known = f"its errors are {', '.join(declared[:_NAMES_SHOWN])}" if declared else "it declares none"
        return f"error_message begins with {said[1][:60]}, which is no error of {tool.tool_name}; {known}"
    if not declared or said is not None or status == _ABSENT or _quotes(message, tool):
        return None
    if any(message.startswith(name) for name in declared):
        return None
    return f"error_message must begin with the name of the error: one of {', '.join(declared[:_NAMES_SHOWN])}"


def _quotes(message: str, tool: Tool) -> bool:
    """Say whether a message repeats what the tool itself says, such as a limit."""
    told = [tool.usage, *tool.error_messages, *(part.description for part in tool.parameters.values())]
    return any(message.rstrip(". ") in text for text in told)


def _may_be_absent(arguments: JsonObject, tool: Tool, state: State, entity_types: Sequence[EntityType]) -> bool:
    """Say whether an argument may be the id of what does not exist, or of something of another kind."""
    owners = {name: collection for collection, held in state.items() if collection != CLOCK for name in held}
    kinds = {kind.collection: kind for kind in entity_types}
    for name, value in arguments.items():
        parameter = tool.parameters.get(name, Parameter(type="any"))
        for text in _texts(value):
            kind = kinds.get(owners.get(text, ""))
            if kind is None:
                if _may_be_id(name, parameter, text, kinds):
                    return True
            elif not is_spoken(kind.name, f"{_words(name)} {_words(parameter.description)}"):
                return True
    return False


def _may_be_id(name: str, parameter: Parameter, text: str, kinds: Mapping[str, EntityType]) -> bool:
    if parameter.enum or stated_forms(name, parameter):
        return False
    if any(kind.id_prefix and text.startswith(kind.id_prefix) for kind in kinds.values()):
        return True
    spoken = f"{_words(name)} {_words(parameter.description)}"
    return bool(_OF_ID.search(spoken)) or any(is_spoken(kind.name, _words(name)) for kind in kinds.values())


def _words(text: str) -> str:
    return text.replace("_", " ").lower()


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
