"""The simulator: plays one tool call on the state it is shown."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.role_parts import Line, Name, Output
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["SIMULATOR", "ChangeSpec", "SimulatorInput", "SimulatorOutput", "ToolRequest"]


class ToolRequest(Record):
    """A parsed call that passed the code checks, defaults filled in."""

    tool_name: str
    arguments: dict[str, Json]


class SimulatorInput(Record):
    """What a tool is played from: schema, rules, and only the collections that it reads and writes."""

    entity_types: list[EntityType] = Field(default_factory=list)
    """Types of those collections; empty in other people's corpora."""
    tool: Tool
    state: JsonObject | None
    """Those collections and `clock`; the whole free-form state, or null, in other people's corpora."""
    call: ToolRequest


class ChangeSpec(Output):
    """A change as a model writes it."""

    op: Literal["create", "update", "delete"]
    collection: Name
    id: Name
    attributes: dict[str, Json] = Field(default_factory=dict, max_length=24)


class SimulatorOutput(Output):
    """The tool's answer. `response` is empty unless `status_code` is 200; then `error_message` is null."""

    status_code: Literal[200, 400, 401, 403, 404, 409, 500]
    response: dict[str, Json] = Field(default_factory=dict, max_length=24)
    error_message: Line | None = None
    changes: list[ChangeSpec] = Field(default_factory=list, max_length=40)
    imagined: list[Annotated[str, StringConstraints(max_length=200)]] = Field(default_factory=list, max_length=10)
    """Facts supplied where a free-form state is silent, one a line; empty for typed states."""


SIMULATOR = Role("simulator", SimulatorInput, SimulatorOutput, temperature=0.0, max_tokens=3072)
