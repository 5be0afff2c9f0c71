"""Parameters of our own out of JSON Schema: what they can say they say, and what they cannot the schema keeps."""

from __future__ import annotations

from typing import NamedTuple

from synthtools_stream.storage.datasets.schema_dialects import ANNOTATIONS, merged
from synthtools_stream.toolcalls.schema_check import schema_fault
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["arguments_of", "parameter_of"]

_TYPES = {
    "string": "string",
    "integer": "integer",
    "number": "float",
    "boolean": "boolean",
    "array": "array",
    "object": "object",
}
_SAID = frozenset(
    {"type", "enum", "const", "minimum", "maximum", "items", "properties", "required", "additionalProperties"}
)
"""Keywords that a parameter of ours can say, if what stands there is plain enough."""
_TOLD = ANNOTATIONS - {"examples"}
"""Annotations that a parameter of ours can do without."""
_MAX_DEPTH = 8
"""Levels of a parameter that are said in our own words; what lies deeper is left to the schema."""


class _Said(NamedTuple):
    """What our own words make of a schema, and whether that is all of it."""

    row: JsonObject
    whole: bool


def arguments_of(schema: JsonObject) -> tuple[JsonObject, JsonObject | None]:
    """Return the parameters of a tool, and the schema of all its arguments where they do not say all of it.

    `schema` is standard. Of alternatives the properties are put side by side: which go together, the schema says.

    :raises ValueError: with the parameter's name, for a schema that cannot be used.
    """
    named: JsonObject = {**object_at(schema, "properties")}
    for keyword in ("allOf", "anyOf", "oneOf"):
        branches = schema.get(keyword)
        for branch in branches if isinstance(branches, list) else ():
            if isinstance(branch, dict):
                for name, part in object_at(branch, "properties").items():
                    named[name] = part if name not in named else {"anyOf": [named[name], part]}
    needed = schema.get("required")
    required = needed if isinstance(needed, list) else []
    parameters: JsonObject = {name: parameter_of(name, part, name in required) for name, part in named.items()}
    missing = [name for name in required if name not in named]
    plain = schema.keys() <= {"type", "properties", "required", "format", *ANNOTATIONS} or (
        schema.get("additionalProperties") is False and schema.keys() - _SAID <= ANNOTATIONS
    )
    if plain and not missing:
        return parameters, None
    whole = {name: value for name, value in schema.items() if name not in ANNOTATIONS}
    if missing and "additionalProperties" not in whole:
        whole["additionalProperties"] = True  # it asks for what it does not describe
    whole.setdefault("type", "object")
    whole.setdefault("properties", named)
    if (fault := schema_fault(whole)) is not None:
        raise ValueError(f"its schema cannot be used: {fault}")
    return parameters, whole


def parameter_of(name: str, schema: Json, required: bool) -> JsonObject:
    """Return the row of one parameter.

    :raises ValueError: with the parameter's name, for a schema that cannot be used.
    """
    if not isinstance(schema, dict):
        raise ValueError(f"parameter '{name[:80]}': its schema is not an object")
    said = _said(schema, required, 0)
    row = {**said.row, "required": required}
    if said.whole:
        return row
    if (fault := schema_fault(schema)) is not None:
        raise ValueError(f"parameter '{name[:80]}': its schema cannot be used: {fault}")
    return {**row, "json_schema": schema}


def _said(schema: JsonObject, required: bool, depth: int) -> _Said:
    base, null = _without_null(schema)
    row: JsonObject = {"type": "any", "required": required, "description": str(schema.get("description") or "")}
    if schema.get("default") is not None:
        row["default"] = schema["default"]
    if depth > _MAX_DEPTH:
        return _Said(row, False)
    kind = _kind(base)
    row["type"] = kind
    values = base.get("enum", [base["const"]] if "const" in base else None)
    if isinstance(values, list):
        row["enum"] = values
    # Null is how an optional parameter is left out: only beside a default or in a required one it says something else.
    whole = not null or not (required or row.get("default") is not None)
    said = _SAID | _TOLD | ({"format"} if kind == "string" else frozenset())
    whole &= base.keys() <= said and (kind != "any" or "type" not in base)
    if kind == "string" and isinstance(base.get("format"), str):
        row["format"] = base["format"]
    for name in ("minimum", "maximum"):
        if name in base:
            row[name] = base[name]
            whole &= kind in ("integer", "float")
    if kind == "array" and isinstance(base.get("items"), dict) and base["items"]:
        inner = _said(object_at(base, "items"), True, depth + 1)
        row["items"] = inner.row
        whole &= inner.whole and not _without_null(object_at(base, "items"))[1]
    if kind == "object":
        whole &= _add_properties(row, base, depth)
    return _Said(row, whole)


def _add_properties(row: JsonObject, base: JsonObject, depth: int) -> bool:
    """Add an object's properties; returns whether they say all that the schema does."""
    named = object_at(base, "properties")
    needed = base.get("required")
    required = needed if isinstance(needed, list) else []
    inner = {name: _said(part, name in required, depth + 1) for name, part in named.items() if isinstance(part, dict)}
    more = base.get("additionalProperties")
    if inner or more is False:
        row["properties"] = {name: said.row for name, said in inner.items()}
    shut = more is False or (more is None and bool(inner)) or (more in (None, True, {}) and not inner)
    return shut and all(said.whole for said in inner.values()) and all(name in inner for name in required)


def _without_null(schema: JsonObject) -> tuple[JsonObject, bool]:
    """Return the schema of what is not null, and whether null may stand there, too."""
    kind = schema.get("type")
    if isinstance(kind, list) and "null" in kind and len(kind) > 1:
        kinds = [name for name in kind if name != "null"]
        base: JsonObject = {**schema, "type": kinds[0] if len(kinds) == 1 else kinds}
        values = base.get("enum")
        if isinstance(values, list) and None in values and len(values) > 1:
            base["enum"] = [value for value in values if value is not None]
        return base, True
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword)
        if isinstance(branches, list):
            others = [branch for branch in branches if isinstance(branch, dict) and not _is_null(branch)]
            rest: JsonObject = {name: value for name, value in schema.items() if name != keyword}
            if len(others) == 1:
                return merged([others[0], rest]), len(branches) > 1
            return schema, len(others) < len(branches)
    return schema, "enum" in schema and isinstance(schema["enum"], list) and None in schema["enum"]


def _is_null(schema: JsonObject) -> bool:
    return (
        schema.get("type") == "null" or schema.get("enum") == [None] or ("const" in schema and schema["const"] is None)
    )


def _kind(base: JsonObject) -> str:
    kind = base.get("type")
    if isinstance(kind, str):
        return _TYPES.get(kind, "any")
    if isinstance(kind, list):
        return "float" if set(map(str, kind)) == {"integer", "number"} else "any"
    values = base.get("enum", [base["const"]] if "const" in base else None)
    if isinstance(values, list) and values:
        kinds = {_kind_of(value) for value in values if value is not None}
        return kinds.pop() if len(kinds) == 1 else "float" if kinds == {"integer", "float"} else "any"
    return "any"


def _kind_of(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) else "float"
    return "array" if isinstance(value, list) else "object"
