"""Bounded pieces that several roles' outputs are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from synthtools_stream.records.record import Record
from synthtools_stream.values.jsontypes import Json

__all__ = ["Arguments", "Line", "Moment", "Name", "Output", "Reason", "Text", "ToolOutline", "Turn"]

Name = Annotated[str, StringConstraints(max_length=80)]
"""A name, a key or an id."""
Line = Annotated[str, StringConstraints(max_length=300)]
"""One sentence."""
Text = Annotated[str, StringConstraints(max_length=1200)]
"""What a user or an agent says, or a tool's rules."""
Reason = Annotated[str, StringConstraints(max_length=800)]
"""Reasoning before an answer: a few sentences, so that a model does not think on paper until it is cut off."""
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$")]
"""A time without a zone, to the second."""
Arguments = Annotated[dict[str, Json], Field(max_length=16)]
"""A call's arguments by name."""


class Output(Record):
    """What a role returns: unknown keys are refused, so that a misspelt key is repaired and not lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Turn(Record):
    """One finished step as the conversation shows it."""

    user: str
    call: str
    """`ToolName(a=1)`."""
    status_code: int
    response: dict[str, Json]


class ToolOutline(Record):
    """A tool in one line, for planning."""

    tool_name: str
    tool_description: str
    inputs: list[str]
    outputs: list[str]
    writes: list[str]
