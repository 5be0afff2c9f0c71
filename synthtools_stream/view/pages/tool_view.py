"""A tool's words as they are shown: parameters row by row, errors, outputs, effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.view.pages.addresses import anchor

__all__ = ["ParameterView", "ToolView", "tool_view"]


@dataclass(frozen=True)
class ParameterView:
    """One parameter, or a part of one: `depth` says how far within another it stands."""

    name: str
    id: str
    """Of its row; empty for parts."""
    depth: int
    type: str
    required: bool
    description: str
    bounds: Sequence[str]
    """What values may be, in words: closed sets, ranges, forms."""
    default: tuple[Json] | None


@dataclass(frozen=True)
class ToolView:
    """A tool to read."""

    tool: Tool
    parameters: Sequence[ParameterView]
    errors: Sequence[tuple[str, str]]
    """Each error's name, empty where none stands in front, and what is told of it."""


def tool_view(tool: Tool, number: int = 0) -> ToolView:
    """Return a tool as it is shown; `number` tells it from the others of its page, whatever they are called."""
    return ToolView(tool, list(_rows(tool, number)), [_error(message) for message in tool.error_messages])


def _error(message: str) -> tuple[str, str]:
    name, colon, told = message.partition(":")
    return (name, told.strip()) if colon and " " not in name.strip() else ("", message)


def _rows(tool: Tool, number: int) -> Iterator[ParameterView]:
    for name, parameter in tool.parameters.items():
        yield from _parts(name, parameter, 0, anchor("tool", number, name))


def _parts(name: str, parameter: Parameter, depth: int, place: str = "") -> Iterator[ParameterView]:
    inner = parameter.items
    kind = f"array of {inner.type}" if inner is not None else parameter.type
    default = None if parameter.default is None else (parameter.default,)
    bounds = list(_bounds(parameter))
    yield ParameterView(name, place, depth, kind, parameter.required, parameter.description, bounds, default)
    properties: Mapping[str, Parameter] = (
        parameter.properties or (inner.properties if inner is not None else None) or {}
    )
    for key, part in properties.items():
        yield from _parts(key, part, depth + 1)


def _bounds(parameter: Parameter) -> Iterator[str]:
    for part in (parameter, parameter.items):
        if part is None:
            continue
        if part.enum:
            yield "one of " + ", ".join(str(value) for value in part.enum)
        if part.minimum is not None:
            yield f"at least {part.minimum}"
        if part.maximum is not None:
            yield f"at most {part.maximum}"
        if part.format:
            yield part.format
