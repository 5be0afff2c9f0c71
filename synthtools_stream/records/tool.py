"""Tool: a schema with prose rules and declared effects."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from synthtools_stream.records.blueprint import AttributeType, Effects
from synthtools_stream.records.record import Record
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["OutputField", "Parameter", "Tool", "ValueType"]

ValueType = AttributeType | Literal["any"]
"""Types of values in a call. `any` occurs in other people's tools only: a union, or a schema that names no type."""


class Parameter(Record):
    """One parameter of a tool. Arrays have `items`, objects `properties`, nested two deep at most."""

    type: ValueType
    required: bool = False
    description: str = ""
    default: Json = None
    enum: list[Json] | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    format: str | None = None
    """Form of a text, by its name in JSON Schema or OpenAPI's registry: `date`, `date-time-local`, `email` …"""
    items: Parameter | None = None
    properties: dict[str, Parameter] | None = None
    json_schema: JsonObject | None = None
    """The value's own JSON Schema, where it says more than the fields above can: then it decides."""


class OutputField(Record):
    """One key of a successful response."""

    type: ValueType
    description: str = ""


class Tool(Record):
    """What an agent is offered and the simulator plays."""

    tool_name: str
    tool_description: str
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    error_messages: list[str] = Field(default_factory=list)
    """Each `Name: condition; how to avoid it`."""
    usage: str = ""
    """Prose rules: what must hold between parameters and state, and what a call changes."""
    output_details: dict[str, OutputField] = Field(default_factory=dict)
    effects: Effects | None = None
    """None in other people's corpora: the tool may touch the whole state."""
    json_schema: JsonObject | None = None
    """The JSON Schema of all arguments together, where it says more than `parameters` can: both decide."""
