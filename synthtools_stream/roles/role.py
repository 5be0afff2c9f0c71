"""Role: one job an LLM does, as a prompt template, an input model and an output model."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from synthtools_stream.records.record import Record
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["In", "Out", "Role"]

In = TypeVar("In", bound=Record)
"""What a role is shown, wherever a function is generic over roles."""
Out = TypeVar("Out", bound=Record)
"""What a role returns."""


@dataclass(frozen=True)
class Role(Generic[In, Out]):
    """One job. `name` is also the template's file name and the name of the reply's JSON schema."""

    name: str
    input_model: type[In]
    output_model: type[Out]
    temperature: float = 0.0
    max_tokens: int = 2048
    top_p: float = field(default=0.95)
    acts: bool = False
    """Whether the answer is done rather than read: then several in one reply are no draft and its correction, and none
    of them is taken."""

    @cached_property
    def schema(self) -> JsonObject:
        """JSON schema of the output."""
        return self.output_model.model_json_schema()
