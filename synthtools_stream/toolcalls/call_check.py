"""Check a call against a tool's schema, in code: no model is asked what code can decide.

Our own walk rather than a JSON Schema validator, because an agent learns from the message: it names the parameter,
what was given, what is wanted, and the nearest name where one is misspelt. Only where somebody's schema says what our
own parameters cannot does a validator decide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.toolcalls.call_text import Call
from synthtools_stream.toolcalls.schema_check import schema_problems
from synthtools_stream.toolcalls.stated_forms import form_problem, stated_forms
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json

__all__ = ["check_call", "find_tool", "takes_null", "unknown_tool"]

_SHOWN = 80
"""Characters of a value that a problem shows: its writer knows the rest."""
_TYPES: dict[str, type] = {"string": str, "boolean": bool, "array": list, "object": dict}
_TYPE_WORDS = {
    "string": "a string",
    "integer": "an integer",
    "float": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
}


def find_tool(name: str, tools: Iterable[Tool]) -> Tool | None:
    """Return the tool of that name."""
    return next((tool for tool in tools if tool.tool_name == name), None)


def unknown_tool(name: str, tools: Iterable[Tool]) -> str:
    """Say that there is no such tool, and which one may be meant."""
    return f"unknown tool '{_short(name)}'{_nearest(name, [tool.tool_name for tool in tools], 'tools are')}"


def check_call(call: Call, tool: Tool) -> list[str]:
    """Return what is wrong with the call, most basic first; empty when it passes."""
    if call.name != tool.tool_name:
        return [unknown_tool(call.name, [tool])]
    schema = tool.json_schema
    problems = list(_object_problems(call.arguments, tool.parameters, "", "parameter", _is_open(schema), tool.usage))
    if schema is not None and not problems:  # else it would say the same in other words
        given = {name: value for name, value in call.arguments.items() if not _is_left_out(name, value, tool)}
        problems = [f"arguments{path}: {what}" for path, what in schema_problems(given, schema)]
    return problems


def takes_null(parameter: Parameter) -> bool:
    """Say whether null is a value of the parameter's own, and not a way to leave it out."""
    schema = parameter.json_schema
    return schema is not None and next(schema_problems(None, schema), None) is None


def _is_left_out(name: str, value: Json, tool: Tool) -> bool:
    parameter = tool.parameters.get(name)
    return value is None and parameter is not None and not parameter.required and not takes_null(parameter)


def _is_open(schema: JsonObject | None) -> bool:
    """Say whether a tool takes arguments that it does not name."""
    return schema is not None and (
        schema.get("additionalProperties", False) is not False or "patternProperties" in schema
    )


def _object_problems(
    given: Mapping[str, Json],
    parameters: Mapping[str, Parameter],
    path: str,
    noun: str,
    is_open: bool = False,
    usage: str = "",
) -> Iterator[str]:
    for name, parameter in parameters.items():
        if parameter.required and name not in given and parameter.default is None:
            yield f"required {noun} '{path}{name}' is missing"
    for name, value in given.items():
        if name not in parameters:
            if is_open:
                continue
            yield f"unknown {noun} '{path}{_short(name)}'{_nearest(name, list(parameters), f'{noun}s are')}"
        elif value is None and (not parameters[name].required or parameters[name].json_schema is None):
            if parameters[name].required and parameters[name].type != "any":
                yield f"required {noun} '{path}{name}' must not be null"
        else:
            yield from _value_problems(value, parameters[name], f"{path}{name}", noun)
            yield from _form_problems(value, parameters[name], f"{noun} '{path}{name}'", name, usage)


def _form_problems(value: Json, parameter: Parameter, what: str, name: str = "", usage: str = "") -> Iterator[str]:
    """Yield what is wrong with the form of a text; what the schema names itself, it allows."""
    if isinstance(value, str) and parameter.type == "string" and not parameter.enum and value != parameter.default:
        problem = form_problem(value, stated_forms(name, parameter, usage))
        if problem is not None:
            yield f"{what} {problem}"


def _value_problems(value: Json, parameter: Parameter, path: str, noun: str) -> Iterator[str]:
    if parameter.json_schema is not None:
        for where, what in schema_problems(value, parameter.json_schema):
            yield f"{noun} '{path}{where}': {what}"
        return
    wrong = _type_problem(value, parameter.type)
    if wrong:
        yield f"{noun} '{path}' must be {_TYPE_WORDS[parameter.type]}, got {wrong}"
        return
    if parameter.enum or parameter.minimum is not None or parameter.maximum is not None:
        yield from _range_problems(value, parameter, f"{noun} '{path}'")
    if isinstance(value, list) and parameter.items is not None:
        for index, item in enumerate(value):
            yield from _value_problems(item, parameter.items, f"{path}[{index}]", noun)
            yield from _form_problems(item, parameter.items, f"{noun} '{path}[{index}]'")
    if isinstance(value, dict) and parameter.properties is not None:
        yield from _object_problems(value, parameter.properties, f"{path}.", "property")


def _type_problem(value: Json, wanted: str) -> str:
    """Return what `value` is when it is not of the wanted type, else an empty text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "a number that is not finite"
    if wanted == "any":
        return ""
    if wanted == "float":
        fits = isinstance(value, int | float) and not isinstance(value, bool)
    elif wanted == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        fits = whole and not isinstance(value, bool)
    else:
        fits = isinstance(value, _TYPES[wanted])
    return "" if fits else _kind(value)


def _range_problems(value: Json, parameter: Parameter, what: str) -> Iterator[str]:
    if parameter.enum:
        # An enum on an array closes the set of its items: that is how hand-written schemas mean it.
        for item in value if isinstance(value, list) else [value]:
            if not any(same_json(item, allowed) for allowed in parameter.enum):
                yield f"{what} must be one of {', '.join(map(_short, parameter.enum))}, got {_short(item)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if parameter.minimum is not None and value < parameter.minimum:
            yield f"{what} must be at least {_short(parameter.minimum)}, got {_short(value)}"
        if parameter.maximum is not None and value > parameter.maximum:
            yield f"{what} must be at most {_short(parameter.maximum)}, got {_short(value)}"


def _kind(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, str):
        return f"the string {_short(value)!r}"
    if isinstance(value, int | float):
        return f"the number {_short(value)}"
    return "an array" if isinstance(value, list) else "an object"


def _nearest(name: str, known: list[str], otherwise: str) -> str:
    close = get_close_matches(name[:_SHOWN], known, n=1)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; {otherwise}: {', '.join(known[:12])}" if known else "; there are none"


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
