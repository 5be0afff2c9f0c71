"""How deep JSON is nested: a row, or an answer of a model, may be made of brackets to exhaust whoever walks it.

Depth is counted in containers, one inside the other: `{}` and `{"a": 1}` are one deep, `{"a": [1]}` two. Two questions,
because the exact one looks at every container of a value, and most values are honest:

* `deeper_than` walks level by level rather than down each branch, so that depth costs no stack, and stops at the limit.
* `compact_size` asks orjson, which refuses to write more than ORJSON_LEVELS: wrapped in as many lists as a value has
  levels to spare, just the values that are too deep are refused, at the cost of writing them. A reader of many rows
  needs their size anyway.
"""

from __future__ import annotations

import orjson

from synthtools_stream.values.jsontypes import Json

__all__ = ["compact_size", "deeper_than"]

ORJSON_LEVELS = 254
"""Containers one inside the other that orjson writes; one more is an error to it."""


def deeper_than(value: Json, levels: int) -> bool:
    """Say whether more than so many containers stand one inside the other."""
    level: list[Json] = [value] if _is_container(value) else []
    for _ in range(levels):
        if not level:
            return False
        level = [
            item
            for outer in level
            for item in (outer.values() if type(outer) is dict else outer if type(outer) is list else ())
            if _is_container(item)
        ]
    return bool(level)


def compact_size(value: Json, levels: int) -> int | None:
    """Return how many bytes a value is as compact JSON; None where it may be nested deeper than so many levels.

    It also is None of what orjson cannot write for another reason: then `deeper_than` tells which it was.
    """
    spare = ORJSON_LEVELS - levels
    for _ in range(spare):
        value = [value]
    try:
        return len(orjson.dumps(value)) - 2 * spare
    except orjson.JSONEncodeError:
        return None


def _is_container(value: Json) -> bool:
    return type(value) is dict or type(value) is list
