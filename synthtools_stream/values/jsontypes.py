"""Names for JSON values, so that no module passes `Any` to another, and what it means that two are the same.

JSON knows one kind of number: 1 and 1.0 are the same value. True is no number, and the order of keys says nothing.
"""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Any, TypeAlias

import orjson

__all__ = ["Json", "JsonObject", "canonical_json", "object_at", "one_number", "same_bytes", "same_json"]

if TYPE_CHECKING:
    from pydantic import JsonValue

    Json: TypeAlias = JsonValue
else:
    # Records take JSON as it comes: looking into every value again, and copying it, costs most of a record's making.
    # What is no JSON is refused where it enters (the parsers) and where it is written (orjson).
    Json = Any
JsonObject: TypeAlias = dict[str, Json]

_EXACT = 2**63
"""Numbers below this are written as integers where they are integral; above, as floats."""
_OPEN = frozenset({float, int, dict, list})
"""Types whose values may be written in more than one form; texts, most of what there is, are not."""


def object_at(record: JsonObject, key: str) -> JsonObject:
    """Return the object that stands under `key`, or an empty one."""
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def same_json(a: Json, b: Json) -> bool:
    """Say whether two values are the same: 1 is 1.0, True is not 1, key order is free."""
    if a is b:
        return True
    if type(a) is str:  # most of what there is
        return a == b
    if isinstance(a, bool) or isinstance(b, bool):
        return False
    if isinstance(a, dict) and isinstance(b, dict):
        return len(a) == len(b) and _same_items(a, b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    return a == b


def _same_items(a: JsonObject, b: JsonObject) -> bool:
    for key, value in a.items():  # noqa: SIM110 - a generator costs more, and this is asked of every entity over and over
        if key not in b or not same_json(value, b[key]):
            return False
    return True


def canonical_json(value: Json) -> bytes:
    """Return bytes that are equal exactly for values that are the same."""
    return orjson.dumps(_normal(value), option=orjson.OPT_SORT_KEYS)


def one_number(value: float) -> int | float:
    """Return a number in its one form: an integer where it is integral and JSON writers take it as one, as 20.0 is."""
    return int(value) if value.is_integer() and -_EXACT < value < _EXACT else value


def _normal(value: Json) -> Json:
    """Return a value with each number in its one form; what is so already is not copied."""
    if type(value) is float:
        return one_number(value)
    if type(value) is int:
        return value if -_EXACT < value < _EXACT else float(value)
    if type(value) is dict:
        copied: JsonObject | None = None
        for key, item in value.items():
            if type(item) in _OPEN and (normal := _normal(item)) is not item:
                copied = dict(value) if copied is None else copied
                copied[key] = normal
        return value if copied is None else copied
    if type(value) is list:
        normals = [_normal(item) if type(item) in _OPEN else item for item in value]
        return value if all(map(is_, normals, value)) else normals
    return value


def same_bytes(a: Json, b: Json) -> bool:
    """Say whether two values are the same, at the least cost where they are written alike."""
    sort = orjson.OPT_SORT_KEYS
    try:
        alike = orjson.dumps(a) == orjson.dumps(b) or orjson.dumps(a, option=sort) == orjson.dumps(b, option=sort)
    except TypeError:  # an integer of more than 64 bits
        alike = False
    return alike or canonical_json(a) == canonical_json(b)
