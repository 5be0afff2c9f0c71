"""Names of types as schemas and signatures of many languages write them: `dict`, `List[int]`, `str, optional`."""

from __future__ import annotations

import re

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["schema_of_word"]

_WORDS = {
    "string": "str string text varchar char character date datetime date-time time timestamp duration uuid guid uri url"
    " email file filepath path enum bytes binary base64",
    "integer": "int integer long short byte int8 int16 int32 int64 uint uint32 uint64 bigint",
    "number": "float number double decimal real numeric float32 float64 bigdecimal",
    "boolean": "bool boolean",
    "array": "array list tuple set frozenset sequence iterable arraylist vector",
    "object": "object dict map mapping hash hashmap hashtable struct record json dictionary",
    "null": "null none nonetype nil",
    "": "any mixed unknown anything value callable function",
}
_TYPES = {word: name for name, words in _WORDS.items() for word in words.split()}
_GENERIC = re.compile(r"(?:typing\.)?(\w+)\s*[\[<](.*)[\]>]\Z", re.S)
_OPTIONAL = re.compile(r"\s*,?\s*\(?optional\)?\Z", re.I)
_MAX_WORD = 200
"""Characters of a type's name that are looked into: longer ones are no names."""
_MAX_NESTING = 6
"""Brackets one in the other that are read."""


def schema_of_word(text: str, depth: int = 0) -> JsonObject | None:
    """Return the JSON Schema that a type's name stands for; None where it stands for nothing known."""
    word = _OPTIONAL.sub("", text.strip())
    if len(word) > _MAX_WORD or depth > _MAX_NESTING:
        return None
    if (known := _TYPES.get(word.lower())) is not None:
        return {"type": known} if known else {}
    if word.endswith("[]"):
        return _array(word[:-2], depth)
    if len(parts := _split(word, "|")) > 1:
        return _union(parts, depth)
    found = _GENERIC.match(word)
    return None if found is None else _generic(found[1].lower(), _split(found[2], ","), depth)


def _generic(name: str, parts: list[str], depth: int) -> JsonObject | None:
    if name == "optional":
        return _union([*parts, "null"], depth)
    if name == "union":
        return _union(parts, depth)
    if name == "literal":
        values: list[Json] = [part.strip().strip("'\"") for part in parts]
        return {"enum": values}
    kind = _TYPES.get(name)
    if kind == "array":
        return _array(parts[0], depth) if len(parts) == 1 else {"type": "array"}
    return {"type": "object"} if kind == "object" else {} if kind == "" else None


def _array(item: str, depth: int) -> JsonObject | None:
    inner = schema_of_word(item, depth + 1)
    return None if inner is None else {"type": "array", "items": inner}


def _union(parts: list[str], depth: int) -> JsonObject | None:
    branches = [schema_of_word(part, depth + 1) for part in parts]
    known: list[Json] = [branch for branch in branches if branch is not None]
    return {"anyOf": known} if len(known) == len(parts) else None


def _split(text: str, mark: str) -> list[str]:
    """Split at a mark that stands outside of brackets."""
    parts, nested = [""], 0
    for character in text:
        nested += (character in "[<(") - (character in "]>)")
        if character == mark and nested == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
