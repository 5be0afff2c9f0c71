"""What a response holds, out of its schema: one key a property, and of objects and lists of them the keys inside."""

from __future__ import annotations

from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["told_outputs"]

_WHOLE = "result"
"""The key of a response that is no object, as MCP servers wrap one."""


def told_outputs(schema: JsonObject) -> JsonObject:
    """Return the schema of a response as an object, whose descriptions name the keys of what is nested.

    `schema` is standard: references are in place.
    """
    named = object_at(schema, "properties")
    if not named:
        named = {_WHOLE: schema} if schema else {}
    return {"type": "object", "properties": {name: _told(name, part) for name, part in named.items()}}


def _told(name: str, part: Json) -> Json:
    if not isinstance(part, dict):
        return part
    holder = object_at(part, "items") if part.get("type") == "array" else part
    keys = list(object_at(holder, "properties"))
    if not keys:
        return part
    said = str(part.get("description") or holder.get("title") or name).strip().rstrip(".")
    return {**part, "description": f"{said}: {', '.join(keys)}."}
