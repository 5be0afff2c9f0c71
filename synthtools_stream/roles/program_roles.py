"""The roles of tools as code: the programmer, and the referee who is shown two answers that differ."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.role_parts import Output, Reason
from synthtools_stream.roles.simulator_role import ToolRequest
from synthtools_stream.values.jsontypes import JsonObject

__all__ = [
    "MAX_SOURCE",
    "PROGRAMMER",
    "REFEREE",
    "ProgrammerInput",
    "ProgrammerOutput",
    "RefereeInput",
    "RefereeOutput",
]

MAX_SOURCE = 16_000
"""Characters of a program: those of the longest tools take a fifth of it, and nobody can read more."""


class ProgrammerInput(Record):
    """Ask for a tool's program: the words that the simulator reads, too."""

    entity_types: list[EntityType]
    """Types of the collections in the tool's effects."""
    tool: Tool
    program: str | None = None
    """The program that is to be mended; None for the first."""
    problems: list[str] = Field(default_factory=list)
    """What is wrong with it."""


class ProgrammerOutput(Output):
    """The rules and their order first, then the program."""

    reasoning: Reason
    program: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SOURCE)]


class RefereeInput(Record):
    """Ask which of two different answers to one call follow the tool's words."""

    entity_types: list[EntityType]
    tool: Tool
    state: JsonObject
    call: ToolRequest
    first: JsonObject
    second: JsonObject


class RefereeOutput(Output):
    """The reasoning first, then who is right."""

    reasoning: Reason
    follows: Literal["first", "second", "both", "neither"]


PROGRAMMER = Role("programmer", ProgrammerInput, ProgrammerOutput, temperature=0.2, max_tokens=6144)
REFEREE = Role("referee", RefereeInput, RefereeOutput, temperature=0.0, max_tokens=1024)
