"""What somebody's row tells of a task, whatever its format; what it does not tell is empty, and nowhere made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["ToldCall", "ToldTask"]


class ToldCall(NamedTuple):
    """One call of the ground truth."""

    said: JsonObject
    """`{"name", "arguments"}`; the arguments are an object."""
    after: int
    """How many of the user's turns had been said when it was made."""
    response: JsonObject | None = None
    """What the tool answered; None where the row does not tell."""


@dataclass(frozen=True)
class ToldTask:
    """A task as far as a row tells it."""

    turns: Sequence[str]
    """What the user says, in order."""
    tools: Sequence[Json]
    """In any dialect."""
    calls: Sequence[ToldCall]
    id: str = ""
    field: str = ""
    persona: str = ""
    initial_state: JsonObject | None = None
