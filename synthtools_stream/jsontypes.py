"""Names for JSON values, so that no module passes `Any` to another, and what it means that two are the same.

JSON knows one kind of number: 1 and 1.0 are the same value. True is no number, and the order of keys says nothing.
"""

from __future__ import annotations

from typing import TypeAlias

import orjson
from pydantic import JsonValue

__all__ = ["Json", "JsonObject", "canonical_json", "object_at", "same_json"]

Json: TypeAlias = JsonValue
JsonObject: TypeAlias = dict[str, JsonValue]

_EXACT = 2**63
"""Numbers below this are written as integers where they are integral; above, as floats."""


def object_at(record: JsonObject, key: str) -> JsonObject:
    """Return the object that stands under `key`, or an empty one."""
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def same_json(a: Json, b: Json) -> bool:
    """Say whether two values are the same: 1 is 1.0, True is not 1, key order is free."""
    if a is b:
        return True
    if isinstance(a, bool) or isinstance(b, bool):
        return False
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and all(key in b and same_json(value, b[key]) for key, value in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    return a == b


def canonical_json(value: Json) -> bytes:
    """Return bytes that are equal exactly for values that are the same."""
    return orjson.dumps(_normal(value), option=orjson.OPT_SORT_KEYS)


def _normal(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _normal(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return float(value)
    return value
