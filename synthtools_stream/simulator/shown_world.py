"""What of a world a tool gets to see: the collections that it reads and writes, and their types."""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.state import CLOCK, as_json
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["shown_state", "shown_types"]


def shown_state(tool: Tool, state: JsonObject | State | None, entity_types: Sequence[EntityType] = ()) -> JsonObject:
    """Return the collections that a tool reads and writes, in the types' (else the state's) order, and the clock."""
    whole = as_json(state or {})
    if tool.effects is None:
        return whole
    touched = {*tool.effects.reads, *tool.effects.writes}
    order = dict.fromkeys([*(kind.collection for kind in entity_types), *whole])
    shown = {name: whole.get(name, {}) for name in order if name in touched and name != CLOCK}
    return {**shown, CLOCK: whole[CLOCK]} if CLOCK in whole else shown


def shown_types(tool: Tool, entity_types: Sequence[EntityType]) -> list[EntityType]:
    """Return the types of what a tool is shown."""
    touched = None if tool.effects is None else {*tool.effects.reads, *tool.effects.writes}
    return [kind for kind in entity_types if touched is None or kind.collection in touched]
