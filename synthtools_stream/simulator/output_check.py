"""Check a response against what the tool's `output_details` promise, down to the keys inside objects and lists.

A description may list those keys: `The booking: status, pickup_date.` What is listed must be there, and what is neither
listed nor an attribute or id of anything was made up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.state import fits
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["is_id_key", "listed_keys", "output_problems"]

_SHOWN = 80
"""Characters that a problem shows of a key: whole, for any name that a tool may have."""
_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")
"""What a description lists is keys only where all of it looks like this."""


def output_problems(
    response: JsonObject, tool: Tool, entity_types: Sequence[EntityType], state: State
) -> Iterator[str]:
    """Yield where a response lacks what is promised, holds what is not, or holds it in another type."""
    if not tool.output_details:
        return
    for name, field in tool.output_details.items():
        if name not in response:
            yield f"response lacks '{name}', which output_details promises"
        elif response[name] is not None and not fits(response[name], field.type):
            yield f"response '{name}' must be of type {field.type}"
        elif keys := listed_keys(field.description):
            yield from _listed_problems(response[name], f"response.{name}", keys, entity_types, state)
    for name in response:
        if name not in tool.output_details:
            yield f"response holds '{name[:_SHOWN]}', which output_details does not name"


@lru_cache(maxsize=1024)
def listed_keys(description: str) -> tuple[str, ...]:
    """Return the keys that a description lists, after a colon or as all that it says; empty where it lists none."""
    listed = description.rpartition(":")[2].partition(";")[0].partition(". ")[0]
    keys = tuple(part.strip(" .`'\"") for part in listed.split(","))
    several = len(keys) > 1 or ":" in description
    return keys if several and all(map(_KEY.match, keys)) else ()


def is_id_key(key: str) -> bool:
    """Say whether a key speaks of the id of something."""
    return key == "id" or key.endswith("_id")


def _listed_problems(
    value: Json, where: str, keys: Sequence[str], entity_types: Sequence[EntityType], state: State
) -> Iterator[str]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield from _listed_problems(item, f"{where}[{index}]", keys, entity_types, state)
    elif isinstance(value, dict):
        lacking = [key for key in keys if key not in value]
        unset = _unset(lacking, entity_types, state) if lacking else ()
        yield from (f"{where} lacks '{key}', which its description lists" for key in lacking if key not in unset)
        strange = [key for key in value if key not in keys and not is_id_key(key)]
        if strange:
            known = {attribute.name for kind in entity_types for attribute in kind.attributes}
            yield from (f"{where} holds '{key[:_SHOWN]}', which nothing names" for key in strange if key not in known)


def _unset(keys: Collection[str], entity_types: Sequence[EntityType], state: State) -> set[str]:
    """Return the keys that name attributes which some entity has not: those may be left out."""
    return {
        attribute.name
        for kind in entity_types
        for attribute in kind.attributes
        if attribute.name in keys
        and any(entity.get(attribute.name) is None for entity in (state.get(kind.collection) or {}).values())
    }
