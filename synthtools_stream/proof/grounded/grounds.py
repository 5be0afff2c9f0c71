"""What a caller may know when a call is made, and which parameter an argument belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from synthtools_stream.records.change import State
from synthtools_stream.records.task import Provenance, ProvenanceKind
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.state import CLOCK, as_json, now_of
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "JUDGED_KINDS",
    "Grounds",
    "leaf_name",
    "parameter_at",
    "parameter_of_leaf",
    "user_parts",
    "user_quotes",
]

JUDGED_KINDS = frozenset({ProvenanceKind.choice, ProvenanceKind.text})
"""What code cannot settle alone; a certificate lists such arguments."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a caller may know when a step's call is made."""

    turns: Sequence[str]
    """The user's turns, this step's included."""
    responses: Sequence[JsonObject]
    """The responses of the steps before."""
    state: JsonObject | State | None = None
    """Tells which values are ids of entities, and what day it is."""

    @property
    def now(self) -> str | None:
        """What the state's clock says."""
        return now_of(self.state)

    @property
    def turn(self) -> str:
        """The turn that asks for the call."""
        return self.turns[-1] if self.turns else ""

    def is_entity(self, value: Json) -> bool:
        """Say whether a value is the id of an entity."""
        return self.entity(value) is not None

    def entity(self, value: Json) -> Json:
        """Return what the state holds of the entity with an id; None where there is none."""
        if isinstance(value, str):
            for collection, entities in as_json(self.state or {}).items():
                if isinstance(entities, dict) and value in entities and collection != CLOCK:
                    return entities[value]
        return None


def user_quotes(proof: Provenance) -> list[str]:
    """Return the user's words that a provenance rests on, as values (a choice's quote is only a hint)."""
    return [part.quote for part in user_parts(proof) if part.quote is not None]


def user_parts(proof: Provenance) -> list[Provenance]:
    """Return what of a provenance was said by the user as a value: itself, or inputs of its formula."""
    if proof.kind is ProvenanceKind.user:
        return [proof]
    return [part for source in proof.inputs or () for part in user_parts(source)]


def parameter_at(tool: Tool, pointer: str) -> Parameter | None:
    """Return the top-level parameter that a leaf belongs to."""
    return tool.parameters.get(_tokens(pointer)[0]) if pointer else None


def parameter_of_leaf(pointer: str, parameter: Parameter | None) -> Parameter | None:
    """Return the innermost parameter of a leaf, given its top-level one; None where the schema does not go so deep."""
    for token in _tokens(pointer)[1:]:
        if parameter is None:
            return None
        parameter = parameter.items if parameter.type == "array" else (parameter.properties or {}).get(token)
    return parameter


@lru_cache(maxsize=1024)
def leaf_name(pointer: str) -> str:
    """Return the innermost name of a pointer: `quantity` of `/items/0/quantity`, `tags` of `/tags/1`."""
    return next((token for token in reversed(_tokens(pointer)) if not token.isdigit()), "")


@lru_cache(maxsize=1024)
def _tokens(pointer: str) -> tuple[str, ...]:
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/"))
