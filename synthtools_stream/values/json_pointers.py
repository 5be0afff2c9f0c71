"""JSON pointers (RFC 6901): name a place inside a JSON value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Leaf", "leaf_pointers", "leaf_values", "leaves", "objects", "resolve"]


class Leaf(NamedTuple):
    """A place and the value that stands there."""

    pointer: str
    value: Json


def leaf_pointers(value: Json) -> list[Leaf]:
    """Return every scalar inside `value`, and every empty array or object, in order."""
    return list(leaves(value))


def leaves(value: Json, pointer: str = "") -> Iterator[Leaf]:
    """Yield what `leaf_pointers` returns."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, f"{pointer}/{_escaped(key)}")
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, f"{pointer}/{index}")
    else:
        yield Leaf(pointer, value)


def objects(value: Json, pointer: str = "") -> Iterator[tuple[str, JsonObject]]:
    """Yield every object inside `value` and its place, itself first, in order."""
    if isinstance(value, dict):
        yield pointer, value
        for key, item in value.items():
            yield from objects(item, f"{pointer}/{_escaped(key)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from objects(item, f"{pointer}/{index}")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def leaf_values(value: Json) -> list[Json]:
    """Return the values of `leaf_pointers`, in order: cheaper where places do not matter."""
    found: list[Json] = []
    open_: list[Json] = [value]
    while open_:
        item = open_.pop()
        if type(item) is str:  # most of what there is
            found.append(item)
        elif isinstance(item, dict) and item:
            open_.extend(item.values())
        elif isinstance(item, list) and item:
            open_.extend(item)
        else:
            found.append(item)
    found.reverse()  # what is taken last from a list was put there last
    return found


def resolve(value: Json, pointer: str) -> Json:
    """Return what stands at `pointer`.

    :raises LookupError: when nothing does.
    """
    if not pointer:
        return value
    if not pointer.startswith("/"):
        raise LookupError(f"'{pointer[:60]}' is no JSON pointer")
    for token in pointer[1:].split("/"):
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isascii() and key.isdigit() and len(key) < 9 and int(key) < len(value):
            value = value[int(key)]
        else:
            raise LookupError(f"nothing stands at '{pointer[:60]}'")
    return value
