"""The smallest value that fulfils a JSON schema: the answer to a schema that the embedded model does not know."""

from __future__ import annotations

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["smallest"]

_DEEPEST = 12
"""Levels of a schema that are followed: one that refers to itself has no end."""


def smallest(schema: JsonObject) -> Json:
    """Return a minimal instance of `schema`."""
    return _of(schema, schema, 0)


def _of(schema: JsonObject, root: JsonObject, depth: int) -> Json:
    if depth > _DEEPEST:
        return None
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _of(_resolved(reference, root), root, depth + 1)
    if "const" in schema:
        return schema["const"]
    for key in ("enum", "anyOf", "oneOf", "allOf"):
        options = schema.get(key)
        if isinstance(options, list) and options:
            first = options[0]
            return first if key == "enum" or not isinstance(first, dict) else _of(first, root, depth + 1)
    return _of_type(schema, root, depth)


def _of_type(schema: JsonObject, root: JsonObject, depth: int) -> Json:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0] if kind else None
    match kind:
        case "object":
            return _object(schema, root, depth)
        case "array":
            items = schema.get("items")
            count = schema.get("minItems")
            size = count if isinstance(count, int) else 0
            return [_of(items if isinstance(items, dict) else {}, root, depth + 1) for _ in range(size)]
        case "string":
            return _string(schema)
        case "integer" | "number":
            low = schema.get("minimum")
            return low if isinstance(low, int | float) else 0
        case "boolean":
            return True
        case _:
            return None


def _string(schema: JsonObject) -> str:
    if "pattern" in schema:
        return "2026-01-01T00:00:00" if "T" in str(schema["pattern"]) else "a"
    least = schema.get("minLength")
    return "ok".ljust(least if isinstance(least, int) else 0, "k")


def _object(schema: JsonObject, root: JsonObject, depth: int) -> JsonObject:
    required, properties = schema.get("required"), schema.get("properties")
    names = [str(name) for name in required] if isinstance(required, list) else []
    known = properties if isinstance(properties, dict) else {}
    parts = {name: known.get(name) for name in names}
    return {name: _of(part if isinstance(part, dict) else {}, root, depth + 1) for name, part in parts.items()}


def _resolved(reference: str, root: JsonObject) -> JsonObject:
    value: Json = root
    for part in reference.removeprefix("#/").split("/"):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
