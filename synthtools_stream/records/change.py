"""Environment state and the only way in which it changes."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from synthtools_stream.records.record import Record
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Change", "State", "WorldEntity"]

State: TypeAlias = dict[str, dict[str, JsonObject]]
"""`{collection: {entity id: {attribute: value}}}`; `clock.now.value` is the only time there is."""


class Change(Record):
    """One change of one entity. `update` sets the attributes named; null is a value; arrays are replaced whole."""

    op: Literal["create", "update", "delete"]
    collection: str
    id: str
    """In a `create` the simulator writes `$new1`, `$new2`, …; the runtime mints the id."""
    attributes: dict[str, Json] = Field(default_factory=dict)


class WorldEntity(Record):
    """One entity of a world as a model writes it."""

    collection: str
    id: str
    attributes: dict[str, Json]
