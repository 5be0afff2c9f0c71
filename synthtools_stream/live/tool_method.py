"""A tool as a Python method: name, signature and Google docstring from its definition, for those who read tools so.

Text of a tool is data: it becomes a docstring and names of parameters, and is never evaluated.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from inspect import Parameter, Signature
from types import GenericAlias
from typing import Any, Literal

import orjson

from synthtools_stream.errors import UsageError
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["Called", "tool_method"]

Called = Callable[[Any, str, JsonObject], str]
"""What becomes of a call: the object that the method belongs to, the tool's name, and the arguments."""

_PLAIN: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool, "object": dict}
_TOLD = frozenset({"type", "enum", "description", "title"})
"""Keys of a schema that annotation and description say."""
_SECTION = re.compile(r"\b(Args|Returns|Raises):")
_CHOICES = re.compile(r"\(choices:", re.IGNORECASE)
"""What readers of docstrings would take for structure."""


def tool_method(function: JsonObject, called: Called) -> Callable[..., str]:
    """Return a method for a tool, given as `name`, `description` and `parameters` (a JSON schema).

    It takes keyword arguments and hands on all that it is given, also what the tool does not have: what is wrong with
    a call is told by whoever serves it.

    :raises UsageError: when a parameter's name is none in Python.
    """
    name, schema = str(function["name"]), object_at(function, "parameters")
    properties = {key: _as_object(value) for key, value in object_at(schema, "properties").items()}
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    for key in properties:
        if not key.isidentifier() or keyword.iskeyword(key) or key == "self":
            raise UsageError(f"tool {name}: its parameter {key!r} has a name that no Python parameter can have")

    def method(self: object, **arguments: Json) -> str:
        return called(self, name, arguments)

    parameters = [
        Parameter(
            key,
            Parameter.KEYWORD_ONLY,
            annotation=_annotation(value),
            default=Parameter.empty if key in needed else value.get("default"),
        )
        for key, value in properties.items()
    ]
    method.__name__ = method.__qualname__ = name
    method.__doc__ = _docstring(str(function.get("description", "")), properties)
    method.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": str}
    receiver = Parameter("self", Parameter.POSITIONAL_ONLY)
    vars(method)["__signature__"] = Signature([receiver, *parameters], return_annotation=str)
    return method


def _annotation(schema: JsonObject) -> Any:
    """Return the nearest type; of what has none, anything goes."""
    choices, kind = schema.get("enum"), schema.get("type")
    if isinstance(choices, list) and choices and all(isinstance(one, str | int | None) for one in choices):
        return Literal[tuple(choices)]
    if kind == "array":
        items = schema.get("items")
        return GenericAlias(list, (_annotation(items),)) if isinstance(items, dict) else list
    return _PLAIN.get(kind, Any) if isinstance(kind, str) else Any


def _docstring(description: str, properties: dict[str, JsonObject]) -> str:
    lines = [_unstructured(description) or "A tool."]
    if properties:
        lines += ["", "Args:", *(f"    {name}: {_described(name, schema)}" for name, schema in properties.items())]
    return "\n".join(lines)


def _described(name: str, schema: JsonObject) -> str:
    """Return a parameter's description in one line, and in JSON what neither that nor its type says."""
    description = " ".join(_unstructured(str(schema.get("description", ""))).split())
    untold = {key: value for key, value in schema.items() if key not in _TOLD}
    if isinstance(items := untold.get("items"), dict) and items.keys() <= _TOLD:
        del untold["items"]
    said = f" {orjson.dumps(untold).decode()}" if untold else ""
    return f"{description or name}{said}"


def _unstructured(text: str) -> str:
    return _CHOICES.sub("(one of:", _SECTION.sub(r"\1 -", text)).strip()


def _as_object(schema: Json) -> JsonObject:
    return schema if isinstance(schema, dict) else {}
