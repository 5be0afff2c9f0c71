"""The sequencing roles: make a sequence of a walk, or propose sequences freely."""

from __future__ import annotations

from pydantic import Field

from synthtools_stream.records.record import Record
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.role_parts import Name, Output, Reason, ToolOutline

__all__ = ["PLANNER", "PROPOSER", "PlannerInput", "PlannerOutput", "ProposerInput", "ProposerOutput"]


class PlannerInput(Record):
    """Ask whether a walk over the tool graph makes one sensible piece of work, and in which order."""

    scenario: str
    tools: list[ToolOutline]
    min_length: int
    max_length: int
    walk: list[str]
    links: list[str] = Field(default_factory=list[str])
    """Which output of one of the walk's tools can be which parameter of a later one: `A.output -> B.parameter`."""


class PlannerOutput(Output):
    """`accept: false` rejects the walk; else `sequence` is its tools, reordered or trimmed where that helps."""

    reasoning: Reason
    accept: bool
    sequence: list[Name] = Field(default_factory=list, max_length=20)


class ProposerInput(Record):
    """Ask for `count` sequences of an environment's tools (strategy `llm`)."""

    scenario: str
    tools: list[ToolOutline]
    min_length: int
    max_length: int
    count: int


class ProposerOutput(Output):
    """Sequences of tool names, with different openings."""

    sequences: list[list[Name]] = Field(min_length=1, max_length=60)


PLANNER = Role("planner", PlannerInput, PlannerOutput, temperature=0.8, max_tokens=1536)
PROPOSER = Role("proposer", ProposerInput, ProposerOutput, temperature=0.8, max_tokens=6144)
