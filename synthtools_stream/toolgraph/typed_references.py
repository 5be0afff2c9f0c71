"""Which collections a parameter or an output refers to: the ids that it holds, told by the blueprint's entity types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from synthtools_stream.records import EntityType

__all__ = ["id_names", "referred"]

_WORD = re.compile(r"[a-z][a-z0-9_]*")


def id_names(types: Iterable[EntityType]) -> dict[str, str]:
    """Return the collection that a name such as `port_call_id` refers to, by name."""
    named: dict[str, str] = {}
    for entity in types:
        named["_".join([*entity.name.casefold().split(), "id"])] = entity.collection
        named.update({attribute.name: attribute.references for attribute in entity.attributes if attribute.references})
    return named


def referred(told: str, names: Mapping[str, str]) -> frozenset[str]:
    """Return the collections whose ids a value holds by its name; that of an object tells its keys beside it."""
    words = _WORD.findall(told.casefold())
    return frozenset(filter(None, (_collection(word, names) for word in words)))


def _collection(word: str, names: Mapping[str, str]) -> str | None:
    """Take `vessel_ids` and `new_vessel_id` for a `vessel_id`."""
    single = word.removesuffix("s")
    return next((names[name] for name in names if single == name or single.endswith(f"_{name}")), None)
