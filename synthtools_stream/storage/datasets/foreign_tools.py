"""Read a tool as other people write it: other type names, JSON Schema parameters, OpenAI function definitions."""

from __future__ import annotations

from synthtools_stream.records.tool import Tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["adopt_tool"]

_TYPES = {
    "str": "string",
    "text": "string",
    "date": "string",
    "datetime": "string",
    "enum": "string",
    "int": "integer",
    "number": "float",
    "double": "float",
    "bool": "boolean",
    "list": "array",
    "tuple": "array",
    "dict": "object",
    "map": "object",
}
_MAX_DEPTH = 8
"""Levels of a parameter that are translated; what lies deeper stays as it is and is refused by its form."""


def adopt_tool(source: Json) -> Tool:
    """Build a tool.

    :raises ValueError: when no reading makes sense; pydantic's ValidationError is one.
    """
    if not isinstance(source, dict):
        raise ValueError("a tool must be a JSON object")
    function = source.get("function")
    row: JsonObject = dict(function) if isinstance(function, dict) else dict(source)
    row.setdefault("tool_name", row.get("name"))
    row.setdefault("tool_description", row.get("description") or "")
    row["parameters"] = _parameters(row.get("parameters"), 0)
    row["error_messages"] = _lines(row.get("error_messages"))
    row["usage"] = row.get("usage") or ""
    row["output_details"] = _outputs(row.get("output_details"))
    return Tool.model_validate(row)


def _parameters(source: Json, depth: int) -> Json:
    if not isinstance(source, dict):
        return {}
    properties = source.get("properties")
    if source.get("type") == "object" and isinstance(properties, dict):  # JSON Schema rather than our own map
        required = source.get("required")
        source = {
            name: {**spec, "required": name in required} if isinstance(required, list) else spec
            for name, spec in properties.items()
            if isinstance(spec, dict)
        }
    return {name: _parameter(spec, depth) for name, spec in source.items()}


def _parameter(source: Json, depth: int) -> Json:
    if not isinstance(source, dict) or depth > _MAX_DEPTH:
        return source
    row = dict(source)
    row["type"] = _type(row.get("type"))
    row["description"] = row.get("description") or ""
    if isinstance(row.get("items"), dict):
        row["items"] = _parameter(row["items"], depth + 1)
    if isinstance(row.get("properties"), dict):
        row["properties"] = _parameters({**row, "type": "object"}, depth + 1)
    if isinstance(row.get("required"), list):
        row["required"] = False
    return row


def _type(source: Json) -> Json:
    if isinstance(source, list):  # ["string", "null"]
        source = next((name for name in source if name != "null"), "string")
    return _TYPES.get(source, source) if isinstance(source, str) else (source or "string")


def _lines(source: Json) -> Json:
    if source is None:
        return []
    if isinstance(source, str):
        return [source]
    if isinstance(source, dict):
        return [f"{name}: {text}" for name, text in source.items()]
    if isinstance(source, list):
        return [": ".join(map(str, line.values())) if isinstance(line, dict) else line for line in source]
    return source


def _outputs(source: Json) -> Json:
    if not isinstance(source, dict):
        return {}
    return {name: _output(spec) for name, spec in source.items()}


def _output(source: Json) -> Json:
    if isinstance(source, dict):
        return {"type": _type(source.get("type")), "description": source.get("description") or ""}
    return {"type": "string", "description": str(source)}
