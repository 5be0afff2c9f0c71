"""The one form of a call that all calls which mean the same share."""

from __future__ import annotations

from collections.abc import Mapping

from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.toolcalls.call_check import takes_null
from synthtools_stream.toolcalls.call_text import Call, format_call
from synthtools_stream.values.jsontypes import Json, JsonObject, one_number, same_json

__all__ = ["canonical", "canonical_text", "same_call"]


def canonical(call: Call, tool: Tool) -> Call:
    """Return the call with types normalised, defaults filled in, optional nulls dropped, in the schema's order.

    Unknown arguments stay, at the end: they are for the check to report.
    """
    return Call(call.name, _object(call.arguments, tool.parameters))


def canonical_text(call: Call, tool: Tool) -> str:
    """Return the canonical form as text."""
    return format_call(canonical(call, tool))


def same_call(a: Call, b: Call) -> bool:
    """Say whether two calls are the same: 1 is 1.0, True is not 1, key order is free."""
    return a.name == b.name and same_json(a.arguments, b.arguments)


def _object(given: Mapping[str, Json], parameters: Mapping[str, Parameter]) -> JsonObject:
    ordered: JsonObject = {}
    for name, parameter in parameters.items():
        value = given.get(name)
        if value is None and (name not in given or not (parameter.required or takes_null(parameter))):
            value = parameter.default
            if value is None:
                continue
        ordered[name] = _value(value, parameter)
    ordered.update({name: value for name, value in given.items() if name not in parameters})
    return ordered


def _value(value: Json, parameter: Parameter) -> Json:
    if isinstance(value, bool):
        return value
    if parameter.type == "integer" and isinstance(value, float):
        return one_number(value)
    if parameter.type == "float" and isinstance(value, int):
        return float(value)
    if isinstance(value, list) and parameter.items is not None:
        items = parameter.items
        return [_value(item, items) for item in value]
    if isinstance(value, dict) and parameter.properties is not None:
        return _object(value, parameter.properties)
    return value
