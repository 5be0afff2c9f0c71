"""The audit's roles: the world, the probes made against it, and the judge of the answers."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import Change, WorldEntity
from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.role_parts import Arguments, Line, Moment, Name, Output, Reason
from synthtools_stream.roles.simulator_role import ToolRequest
from synthtools_stream.values.jsontypes import JsonObject

__all__ = [
    "AUDIT_JUDGE",
    "PROBE",
    "WORLD",
    "AuditJudgeInput",
    "AuditJudgeOutput",
    "Fact",
    "Judgment",
    "ProbeInput",
    "ProbeMode",
    "ProbeOutput",
    "ProbeSpec",
    "WorldInput",
    "WorldOutput",
]


class WorldInput(Record):
    """Ask for one believable world of an environment: at most 40 entities."""

    scenario: str
    entity_types: list[EntityType]
    purposes: list[str] = Field(default_factory=list)
    """What each tool is for, so that the world can serve it, and refuse it."""


class WorldOutput(Output):
    """A world: what time it is, and every entity there is."""

    now: Moment
    entities: list[WorldEntity] = Field(min_length=1, max_length=40)


class ProbeMode(StrEnum):
    """What a probe tests. `schema_violation` is decided in code and never asked of a model."""

    schema_violation = "schema_violation"
    rule_violation = "rule_violation"
    happy_path = "happy_path"
    state_pinned = "state_pinned"


class Fact(Output):
    """One attribute of one entity of the world."""

    collection: Name
    id: Name
    attribute: Name


class ProbeInput(Record):
    """Ask for probes of one tool against one world."""

    state: JsonObject
    tool: Tool
    per_mode: int


class ProbeSpec(Output):
    """One test call. `rule` is the prose rule it breaks; `fact` what a pinned answer must show."""

    mode: Literal["rule_violation", "happy_path", "state_pinned"]
    purpose: Line
    arguments: Arguments
    expected_status: Literal[200, 400, 403, 404, 409]
    rule: Line | None = None
    fact: Fact | None = None


class ProbeOutput(Output):
    """The probes, every applicable mode among them."""

    probes: list[ProbeSpec] = Field(min_length=1, max_length=12)


class Judgment(StrEnum):
    """What the judge makes of one answer."""

    correct = "correct"
    should_fail_but_passed = "should_fail_but_passed"
    should_pass_but_failed = "should_pass_but_failed"
    inappropriate = "inappropriate"


class AuditJudgeInput(Record):
    """Ask whether a tool's answer is right for this call in this world."""

    entity_types: list[EntityType] = Field(default_factory=list[EntityType])
    """Types of the collections shown, as the simulator sees them."""
    state: JsonObject
    tool: Tool
    call: ToolRequest
    purpose: str
    mode: ProbeMode
    status_code: int
    response: JsonObject
    changes: list[Change]


class AuditJudgeOutput(Output):
    """The reasoning first, then the judgment."""

    reasoning: Reason
    judgment: Judgment


WORLD = Role("world", WorldInput, WorldOutput, temperature=0.8, max_tokens=6144)
PROBE = Role("probe", ProbeInput, ProbeOutput, temperature=0.8, max_tokens=3072)
AUDIT_JUDGE = Role("audit_judge", AuditJudgeInput, AuditJudgeOutput, temperature=0.0, max_tokens=1024)
