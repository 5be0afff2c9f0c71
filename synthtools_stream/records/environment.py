"""Environment: one scenario with its blueprint, and its tools before and after the audit."""

from __future__ import annotations

from pydantic import Field

from synthtools_stream.records.blueprint import Blueprint, EntityType, Signature
from synthtools_stream.records.given_api import GivenTool
from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AuditedTool", "Environment", "Setting", "ToolDraft", "ToolPlan", "ToolPool"]


class Setting(Record):
    """Where something belongs; what every later stage needs to know of its environment."""

    id: str
    """`<field_slug>_spec_<NNN>`."""
    field: str
    subfield: str
    scenario: str
    entity_types: list[EntityType] = Field(default_factory=list)


class Environment(Record):
    """A row of `environments.jsonl`."""

    id: str
    field: str
    subfield: str
    scenario: str
    blueprint: Blueprint
    given: list[GivenTool] = Field(default_factory=list)
    """The tools, where somebody gave them; in the blueprint's order."""
    meta: JsonObject = Field(default_factory=dict)

    @property
    def setting(self) -> Setting:
        """Return the environment without its signatures."""
        return Setting(
            id=self.id,
            field=self.field,
            subfield=self.subfield,
            scenario=self.scenario,
            entity_types=self.blueprint.entity_types,
        )


class ToolPlan(Record):
    """A signature on its way to become a tool."""

    id: str
    """`<environment id>.<ToolName>`."""
    setting: Setting
    signature: Signature
    siblings: list[Signature] = Field(default_factory=list)
    given: GivenTool | None = None
    """The tool itself, where somebody gave it: then only what it leaves open is written."""


class ToolDraft(Record):
    """A written tool on its way into the audit."""

    id: str
    setting: Setting
    tool: Tool
    purposes: list[str] = Field(default_factory=list)
    """What each tool of the environment is for, the same for all of them: the audit's world must serve them all."""


class AuditedTool(Record):
    """A row of `tools.jsonl`: a tool that passed its audit."""

    id: str
    setting: Setting
    tool_name: str
    tool: Tool
    program: str = ""
    """The tool as code, where it is played by its program; empty where the simulator role plays it."""
    adequacy: JsonObject | None = None
    """How the program was audited: calls drawn, second readings, mutants killed. None of a simulated tool."""
    reliability: float
    """Share of scored probes answered well, 0 to 1."""
    reliability_per_mode: dict[str, float] = Field(default_factory=dict)
    stability: float = 1.0
    """Share of repeated probes whose answers agreed, 0 to 1."""
    probes: list[JsonObject] = Field(default_factory=list)
    meta: JsonObject = Field(default_factory=dict)


class ToolPool(Record):
    """The audited tools of one environment, gathered."""

    id: str
    """The environment's id."""
    setting: Setting
    tools: list[AuditedTool]
    """Those that passed, in the blueprint's order."""
    failed: int = 0
    """Tools that failed for reasons of infrastructure: the environment waits for the next run."""
