"""The generators: subfields, scenarios, blueprints and tools."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from synthtools_stream.records.blueprint import (
    AttributeType,
    Blueprint,
    Effects,
    EntityType,
    Identifier,
    Signature,
)
from synthtools_stream.records.given_api import GivenTool
from synthtools_stream.records.record import Record
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.role_parts import Line, Name, Output, Text
from synthtools_stream.values.jsontypes import Json

__all__ = [
    "ANNOTATOR",
    "BLUEPRINT",
    "SCENARIO",
    "SUBFIELD",
    "SURVEYOR",
    "TOOL",
    "AnnotatedOutput",
    "AnnotatorInput",
    "AnnotatorOutput",
    "BlueprintInput",
    "BlueprintOutput",
    "OutputSpec",
    "ParameterSpec",
    "PartSpec",
    "ScenarioInput",
    "ScenarioOutput",
    "SeedTool",
    "SubfieldInput",
    "SubfieldOutput",
    "SurveyedTool",
    "SurveyorInput",
    "SurveyorOutput",
    "TextFormat",
    "ToolInput",
    "ToolOutput",
]


TextFormat: TypeAlias = Literal["date", "date-time", "date-time-local", "time", "time-local", "email", "uri", "uuid"]
"""Forms of texts by their names in JSON Schema, and in OpenAPI's registry for times without a zone."""


class SubfieldInput(Record):
    """Ask for `count` subfields of `field`; `avoid` lists names that exist already."""

    field: str
    count: int
    resemble: list[str] = Field(default_factory=list)
    avoid: list[str] = Field(default_factory=list)


class SubfieldOutput(Output):
    """Distinct subfields, most typical first."""

    subfields: list[Name] = Field(min_length=1, max_length=60)


class ScenarioInput(Record):
    """Ask for `count` scenarios (kinds of work) of one subfield."""

    field: str
    subfield: str
    count: int
    resemble: list[str] = Field(default_factory=list)
    avoid: list[str] = Field(default_factory=list)


class ScenarioOutput(Output):
    """Distinct scenarios, each one sentence."""

    scenarios: list[Line] = Field(min_length=1, max_length=60)


class SeedTool(Record):
    """A tool that somebody has, as an example."""

    tool_name: str
    tool_description: str = ""
    parameters: list[str] = Field(default_factory=list)


class BlueprintInput(Record):
    """Ask for the entity types and tool signatures of one scenario; `seed_tools` show the manner wanted."""

    seed_tools: list[SeedTool] = Field(default_factory=list)
    field: str
    subfield: str
    scenario: str


class BlueprintOutput(Output, Blueprint):
    """A blueprint as it is."""


class ToolInput(Record):
    """Ask for one tool's schema; `siblings` are the other signatures of the environment."""

    scenario: str
    entity_types: list[EntityType]
    siblings: list[Signature]
    signature: Signature


class PartSpec(Output):
    """An item of an array or a property of an object: no deeper nesting."""

    name: Name = ""
    type: AttributeType
    description: Line = ""
    enum: list[Json] | None = Field(default=None, max_length=12)
    format: TextFormat | None = None


class ParameterSpec(Output):
    """One parameter as a model writes it."""

    name: Identifier
    type: AttributeType
    required: bool
    description: Line
    default: Json = None
    enum: list[Json] | None = Field(default=None, max_length=12)
    minimum: float | None = None
    maximum: float | None = None
    format: TextFormat | None = None
    items: PartSpec | None = None
    """For arrays."""
    properties: list[PartSpec] | None = Field(default=None, max_length=8)
    """For objects, and for arrays whose items are objects: what each holds."""


class OutputSpec(Output):
    """One key of a successful response as a model writes it."""

    name: Identifier
    type: AttributeType
    description: Line


class ToolOutput(Output):
    """A tool as a model writes it; name and effects come from the signature."""

    tool_description: Line
    parameters: list[ParameterSpec] = Field(max_length=8)
    error_messages: list[Line] = Field(max_length=8)
    usage: Text
    output_details: list[OutputSpec] = Field(min_length=1, max_length=12)


class SurveyorInput(Record):
    """Ask what stands behind tools that somebody has: `part` says which of the API they are, where it has parts."""

    title: str
    part: str = ""
    description: str = ""
    given_tools: list[GivenTool]


class SurveyedTool(Output):
    """What one given tool does to the entities behind it."""

    tool_name: str
    purpose: Line
    effects: Effects


class SurveyorOutput(Output):
    """The work that the tools are for, the entities behind them, and each tool's part in it, in the order given."""

    scenario: Line
    entity_types: list[EntityType] = Field(min_length=1, max_length=10)
    tools: list[SurveyedTool] = Field(min_length=1, max_length=20)


class AnnotatorInput(Record):
    """Ask for what a given tool leaves open: rules, errors, outputs; `signature` has its purpose and effects."""

    scenario: str
    entity_types: list[EntityType]
    siblings: list[Signature]
    signature: Signature
    given: GivenTool


class AnnotatedOutput(Output):
    """One key of a successful response; given ones keep their names."""

    name: str
    type: AttributeType
    description: Line


class AnnotatorOutput(Output):
    """The prose of a tool whose name, description and parameters stand already."""

    usage: Text
    error_messages: list[Line] = Field(max_length=8)
    output_details: list[AnnotatedOutput] = Field(min_length=1, max_length=40)


SUBFIELD = Role("subfield", SubfieldInput, SubfieldOutput, temperature=0.8, max_tokens=2048)
SCENARIO = Role("scenario", ScenarioInput, ScenarioOutput, temperature=0.8, max_tokens=3072)
BLUEPRINT = Role("blueprint", BlueprintInput, BlueprintOutput, temperature=0.8, max_tokens=8192)
SURVEYOR = Role("surveyor", SurveyorInput, SurveyorOutput, temperature=0.3, max_tokens=8192)
ANNOTATOR = Role("annotator", AnnotatorInput, AnnotatorOutput, temperature=0.3, max_tokens=4096)
TOOL = Role("tool", ToolInput, ToolOutput, temperature=0.8, max_tokens=3072)
