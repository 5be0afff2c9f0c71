"""Blueprint: the entity types of a scenario and the signatures of its tools."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, WithJsonSchema

from synthtools_stream.records.record import Record

__all__ = [
    "OWN_IDENTIFIER",
    "OWN_ID_PREFIX",
    "OWN_TOOL_NAME",
    "Attribute",
    "AttributeType",
    "Blueprint",
    "Difficulty",
    "Effects",
    "EntityType",
    "Identifier",
    "Signature",
]

# The length stands in the pattern too: grammars of some servers heed only one of the two.
OWN_IDENTIFIER = r"^[a-z][a-z0-9_]{0,59}$"
"""What parameters, outputs and attributes are called in our own blueprints."""
Identifier = Annotated[str, StringConstraints(pattern=OWN_IDENTIFIER, max_length=60)]
OWN_TOOL_NAME = r"^[A-Z][A-Za-z0-9]{0,59}$"
"""What tools are called in our own blueprints."""
# Models are asked for our own forms; tools that were given have any names.
ToolName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    WithJsonSchema({"maxLength": 60, "pattern": OWN_TOOL_NAME, "type": "string"}),
]
PartName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    WithJsonSchema({"maxLength": 60, "pattern": OWN_IDENTIFIER, "type": "string"}),
]
Line = Annotated[str, StringConstraints(max_length=300)]
OWN_ID_PREFIX = r"^[A-Z][A-Z0-9]{0,7}-$"
"""How ids begin in our own blueprints."""
AttributeType = Literal["string", "integer", "float", "boolean", "array", "object"]


class Difficulty(StrEnum):
    """How many tools an environment has: easy 5-10, medium 10-15, hard 15-20."""

    easy = "easy"
    medium = "medium"
    hard = "hard"


class Attribute(Record):
    """One typed attribute of an entity type."""

    name: Identifier
    type: AttributeType
    description: Line = ""
    enum: list[Annotated[str, StringConstraints(max_length=60)]] | None = Field(default=None, max_length=12)
    """Closed set of values, for strings only; a life cycle lists its states in order."""
    format: Literal["date", "datetime"] | None = None
    """ISO 8601 text: `2026-03-14` or `2026-03-14T09:00:00`."""
    references: Identifier | None = None
    """The collection whose ids this attribute holds."""
    volatile: bool = False
    """Never compared: free wording, which two correct runs may fill differently; nothing else may be volatile."""


class EntityType(Record):
    """One kind of thing in the environment's state; its entities live in one collection."""

    name: Annotated[str, StringConstraints(max_length=60)]
    """Singular noun, such as `booking`."""
    collection: Identifier
    """Key in the state, such as `bookings`; never `clock`."""
    id_prefix: Annotated[
        str, StringConstraints(pattern=r"^\S{0,40}$"), WithJsonSchema({"type": "string", "pattern": OWN_ID_PREFIX})
    ]
    """Prefix of its ids, such as `BK-`; the runtime mints `BK-1042` after `BK-1041`. Models are asked for that form. In
    rows that were brought it is any, or empty where ids have no prefix in common."""
    description: Line = ""
    attributes: list[Attribute] = Field(min_length=1, max_length=16)


class Effects(Record):
    """What a tool may read and change: names of collections."""

    reads: list[Identifier] = Field(default_factory=list, max_length=8)
    writes: list[Identifier] = Field(default_factory=list, max_length=8)


class Signature(Record):
    """A tool before its schema is written: name, purpose, names of inputs and outputs, effects."""

    tool_name: ToolName
    purpose: Line
    """One sentence: what the tool does, to what, and under which condition."""
    inputs: list[PartName] = Field(default_factory=list, max_length=8)
    """The first eight, where the tool was given and has more."""
    outputs: list[PartName] = Field(default_factory=list, max_length=8)
    effects: Effects


class Blueprint(Record):
    """What a scenario is made of."""

    difficulty: Difficulty
    entity_types: list[EntityType] = Field(min_length=1, max_length=10)
    tools: list[Signature] = Field(min_length=1, max_length=20)
