"""What a right answer looks like, in one line, for a model whose answer was not of the form that was asked for.

    {"reasoning": text, "action": "call" or "final", "arguments": {…} or null, "changes": [{"op": text}, …]}

It holds no values that a model could copy, other than those that the schema allows.
"""

from __future__ import annotations

import orjson

from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["answer_shape"]

DEEPEST = 8
"""Levels that are shown: more than any role's output has, and an end where a schema refers to itself."""
_WORDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "null"}


def answer_shape(schema: JsonObject) -> str:
    """Return the shape of what `schema` describes, a JSON schema as pydantic writes it."""
    return _shape(schema, object_at(schema, "$defs"), DEEPEST)


def _shape(schema: JsonObject, known: JsonObject, depth: int) -> str:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        schema = object_at(known, reference.rpartition("/")[2])
    if depth == 0:
        return "…"
    choices = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(choices, list):
        return " or ".join(orjson.dumps(choice).decode() for choice in choices)
    for key in ("anyOf", "oneOf"):
        if isinstance(options := schema.get(key), list):
            return " or ".join(dict.fromkeys(_shape(each, known, depth) for each in options if isinstance(each, dict)))
    kind = schema.get("type")
    if kind == "array":
        return f"[{_shape(object_at(schema, 'items'), known, depth - 1)}, …]"
    if kind == "object" or "properties" in schema:
        return _object(schema, known, depth)
    return _WORDS.get(kind, "any value") if isinstance(kind, str) else "any value"


def _object(schema: JsonObject, known: JsonObject, depth: int) -> str:
    keys: dict[str, Json] = object_at(schema, "properties")
    if not keys:
        return "{…}"
    shown = (
        f"{orjson.dumps(key).decode()}: {_shape(inner, known, depth - 1)}"
        for key, inner in keys.items()
        if isinstance(inner, dict)
    )
    return f"{{{', '.join(shown)}}}"
