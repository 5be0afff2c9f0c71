"""Tools as the Berkeley Function Calling Leaderboard documents functions, and values that its AST checker allows."""

from __future__ import annotations

from typing import cast

from synthtools_stream.records import Tool
from synthtools_stream.toolcalls import Call, tool_json_schema
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["allowed_values", "function_document"]

_TYPES = {"number": "float", "object": "dict"}
"""JSON Schema's names of types where the benchmark has others."""
_KNOWN = frozenset({"boolean", "array", "string", "integer", "float", "dict"})
_LEFT_OUT = ""
"""Stands among allowed values where an argument need not be given."""


def function_document(tool: Tool) -> JsonObject:
    """Return a function's document, with what it answers: `{"name", "description", "parameters", "response"}`."""
    schema = _typed(tool_json_schema(tool))
    response: JsonObject = {
        name: {"type": _type(output.type), "description": output.description}
        for name, output in tool.output_details.items()
    }
    return {
        "name": tool.tool_name,
        "description": "\n".join(part for part in (tool.tool_description, tool.usage) if part),
        "parameters": {
            "type": "dict",
            "properties": schema.get("properties", {}),
            "required": schema.get("required", []),
        },
        "response": {"type": "dict", "properties": response},
    }


def allowed_values(tool: Tool, call: Call) -> JsonObject:
    """Return, for each argument, the values that are right: the call's own, and nothing where it may be left out."""
    properties = object_at(tool_json_schema(tool), "properties")
    allowed: JsonObject = {}
    for name in properties:
        default = object_at(properties, name).get("default")
        if name not in call.arguments:
            allowed[name] = [_LEFT_OUT] if default is None else [_allowed(default), _LEFT_OUT]
            continue
        value = call.arguments[name]
        allowed[name] = [_allowed(value), *([_LEFT_OUT] if value == default else [])]
    return allowed


def _allowed(value: Json) -> Json:
    """Return a value as the checker compares it: in an object, each key has a list of what is right."""
    if isinstance(value, dict):
        return {key: [item] for key, item in value.items()}
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return [_allowed(item) for item in value]
    return value


def _typed(schema: JsonObject) -> JsonObject:
    """Return a schema with the benchmark's types, each part with a type and a description, as its loaders demand."""
    typed: JsonObject = {**schema, "type": _type(schema.get("type")), "description": schema.get("description") or ""}
    if "properties" in schema:
        properties = object_at(schema, "properties")
        typed["properties"] = {name: _typed(cast("JsonObject", part)) for name, part in properties.items()}
    elif typed["type"] == "dict":
        typed["properties"] = {}
    if typed["type"] == "array":
        typed["items"] = _typed(object_at(schema, "items"))
    typed.pop("additionalProperties", None)
    return typed


def _type(name: Json) -> str:
    told = _TYPES.get(name, name) if isinstance(name, str) else ""
    return told if told in _KNOWN else "any"
