"""A tool as others describe it: JSON Schema of its parameters, and OpenAI's function definition."""

from __future__ import annotations

from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.toolcalls.stated_forms import format_stated
from synthtools_stream.toolcalls.wire_names import WireNames
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["openai_function", "tool_json_schema"]


def tool_json_schema(tool: Tool) -> JsonObject:
    """Return the JSON Schema of the tool's arguments."""
    return _object_schema(tool.parameters) if tool.json_schema is None else tool.json_schema


def openai_function(tool: Tool, names: WireNames | None = None) -> JsonObject:
    """Return the OpenAI function definition, under its name of `names`; the usage rules stand in its description."""
    name = tool.tool_name if names is None else names.on_wire(tool.tool_name)
    description = "\n".join(part for part in (tool.tool_description, tool.usage) if part)
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": tool_json_schema(tool)},
    }


def _object_schema(parameters: dict[str, Parameter]) -> JsonObject:
    required: list[Json] = [name for name, parameter in parameters.items() if parameter.required]
    return {
        "type": "object",
        "properties": {name: _schema(parameter) for name, parameter in parameters.items()},
        "required": required,
        "additionalProperties": False,
    }


def _described(parameter: Parameter) -> str:
    """Return the description with the value's form in words: some gateways refuse a schema with most of its formats."""
    if parameter.format is None or format_stated(parameter.description) is not None:
        return parameter.description
    return f"{parameter.description} ({parameter.format})".strip()


def _schema(parameter: Parameter) -> JsonObject:
    if parameter.json_schema is not None:
        return parameter.json_schema
    plain: JsonObject = {"type": "number" if parameter.type == "float" else parameter.type}
    if parameter.type == "any":
        plain = {}
    closed = parameter.type == "object" and parameter.properties is not None
    schema = _object_schema(parameter.properties or {}) if closed else plain
    extras: JsonObject = {
        "description": _described(parameter) or None,
        "default": parameter.default,
        "enum": parameter.enum,
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "items": _schema(parameter.items) if parameter.items is not None else None,
    }
    schema.update({key: value for key, value in extras.items() if value is not None})
    return schema
