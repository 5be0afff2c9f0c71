"""Tool: a schema with prose rules and declared effects."""

from __future__ import annotations

from pydantic import Field

from synthtools_stream.records.blueprint import AttributeType, Effects
from synthtools_stream.records.record import Record
from synthtools_stream.values.jsontypes import Json

__all__ = ["OutputField", "Parameter", "Tool"]


class Parameter(Record):
    """One parameter of a tool. Arrays have `items`, objects `properties`, nested two deep at most."""

    type: AttributeType
    required: bool = False
    description: str = ""
    default: Json = None
    enum: list[Json] | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    items: Parameter | None = None
    properties: dict[str, Parameter] | None = None


class OutputField(Record):
    """One key of a successful response."""

    type: AttributeType
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
