"""JSON Schema as it is found, into one dialect: 2020-12, references in place, each keyword in the form it must have.

Read are drafts 3 to 2020-12, OpenAPI (`nullable`), Gemini's upper-case types, and names of types of many languages. A
keyword whose value makes no sense is left out, so that a schema says less rather than something else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from synthtools_stream.storage.datasets.type_words import schema_of_word
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at, same_json

__all__ = ["ANNOTATIONS", "is_schema", "merged", "standard_schema"]

ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"}
)
"""Keywords that no value can break."""
_MAX_SCHEMAS = 5_000
"""Schemas within one tool, references put in place: beyond any honest one; what comes then passes everything."""
_MAX_DEPTH = 24
"""Levels of a schema that are read: what lies deeper passes everything."""
_TIMES = 3
"""How often a schema is put in its own place: trees of that depth are checked."""
_ONE = ("not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties")
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas")
_COUNTS = (
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
)
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


@dataclass
class _Reading:
    """One tool's schema while it is read."""

    root: Json
    left: int = _MAX_SCHEMAS
    open: list[str] = field(default_factory=list[str])
    """References that are being put in place, outermost first."""


def is_schema(source: JsonObject) -> bool:
    """Say whether an object is one JSON Schema of an object, rather than a map of names to schemas.

    A parameter may be called `type` or `properties`: then a schema of its own stands there, or its type's name.
    """
    kind, named = source.get("type"), source.get("properties")
    kinds = kind if isinstance(kind, list) else [kind]
    if any(isinstance(word, str) and (schema_of_word(word) or {}).get("type") == "object" for word in kinds):
        return True
    if isinstance(source.get("$ref"), str) or isinstance(source.get("additionalProperties"), bool):
        return True
    if any(isinstance(source.get(name), list) for name in ("anyOf", "oneOf", "allOf", "required")):
        return True
    return isinstance(source.get("$schema"), str) or (
        isinstance(named, dict) and not isinstance(named.get("type"), str | list)
    )


def standard_schema(source: Json, root: Json = None) -> JsonObject:
    """Return the schema in 2020-12, without references; `root` is what they point into.

    :raises ValueError: for what is no schema.
    """
    return _standard(source, _Reading(source if root is None else root), 0)


def _standard(source: Json, reading: _Reading, depth: int) -> JsonObject:
    reading.left -= 1
    if source is None or source is True or reading.left < 0 or depth > _MAX_DEPTH:
        return {}
    if source is False:
        return {"not": {}}
    if isinstance(source, str):
        known = schema_of_word(source)
        return {"description": source} if known is None else known
    if not isinstance(source, dict):
        raise ValueError("its schema is not an object")
    parts = [_own_keywords(source, reading, depth)]
    reference = source.get("$ref", source.get("$dynamicRef"))
    if isinstance(reference, str):
        parts.insert(0, _referred(reference, reading, depth))
    return merged(parts)


def _referred(reference: str, reading: _Reading, depth: int) -> JsonObject:
    """Return what a reference points at; what lies elsewhere is not fetched, and passes everything."""
    if not reference.startswith("#") or reading.open.count(reference) >= _TIMES:
        return {}
    try:
        target = resolve(reading.root, reference[1:].replace("%20", " ").replace("%25", "%"))
    except LookupError:
        return {}
    reading.open.append(reference)
    found = _standard(target, reading, depth + 1)
    reading.open.pop()
    return found


def _own_keywords(source: JsonObject, reading: _Reading, depth: int) -> JsonObject:
    schema: JsonObject = _annotations(source)

    def inner(part: Json) -> JsonObject:
        return _standard(part, reading, depth + 1)

    for name in _ONE:
        if isinstance(source.get(name), dict | bool):
            schema[name] = inner(source[name])
    for name in _MANY:
        parts = source.get(name)
        if isinstance(parts, list) and parts:
            schema[name] = [inner(part) for part in parts]
    for name in _NAMED:
        named = source.get(name)
        if isinstance(named, dict):
            schema[name] = {key: inner(part) for key, part in named.items() if part is not None}
    _add_the_rest_of_it(schema, source, inner)
    _add_required(schema, source)
    _add_dependencies(schema, source, inner)
    _add_limits(schema, source)
    _add_type(schema, source)
    together = schema.pop("allOf", None)
    if isinstance(together, list):
        schema = merged([*(part for part in together if isinstance(part, dict)), schema])
    if "type" not in schema and _may_be_null(source):
        schema = {**_annotations(source), "anyOf": [schema, {"type": "null"}]}
    return schema


def _add_the_rest_of_it(schema: JsonObject, source: JsonObject, inner: Callable[[Json], JsonObject]) -> None:
    """Add what holds for properties and items that are not named one by one."""
    extra = source.get("additionalProperties")
    if isinstance(extra, dict | bool):
        schema["additionalProperties"] = extra if isinstance(extra, bool) else inner(extra)
    items = source.get("items")
    if isinstance(items, list):  # a tuple, before 2020-12
        schema["prefixItems"] = [inner(part) for part in items]
        items = source.get("additionalItems")
    if isinstance(items, dict | bool | str):
        schema["items"] = inner(items)


def _annotations(source: JsonObject) -> JsonObject:
    kept = {name: source[name] for name in ANNOTATIONS if source.get(name) is not None}
    for name in ("title", "description", "$comment"):
        if name in kept:
            kept[name] = str(kept[name])
    if "examples" in kept and not isinstance(kept["examples"], list):
        kept["examples"] = [kept["examples"]]
    for name in ("deprecated", "readOnly", "writeOnly"):
        if not isinstance(kept.get(name, True), bool):
            del kept[name]
    if isinstance(source.get("format"), str):
        kept["format"] = source["format"]
    return kept


def _add_required(schema: JsonObject, source: JsonObject) -> None:
    """Add what must be there: a list, one name, or, as in draft 3 and in hand-written ones, said by each property."""
    required = source.get("required")
    names = [required] if isinstance(required, str) else required if isinstance(required, list) else []
    named = source.get("properties")
    if isinstance(named, dict):
        by_itself = [key for key, part in named.items() if isinstance(part, dict) and part.get("required") is True]
        names = [*names, *by_itself]
    kept: list[Json] = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    if kept:
        schema["required"] = kept


def _add_dependencies(schema: JsonObject, source: JsonObject, inner: Callable[[Json], JsonObject]) -> None:
    """Add what one property asks of the others; before 2019 both kinds stood under one keyword."""
    names: JsonObject = {}
    for keyword in ("dependentRequired", "dependencies"):
        for key, part in object_at(source, keyword).items():
            if isinstance(part, list):
                names[key] = [name for name in part if isinstance(name, str)]
            elif keyword == "dependencies" and isinstance(part, dict | bool):
                schema["dependentSchemas"] = {**object_at(schema, "dependentSchemas"), key: inner(part)}
    if names:
        schema["dependentRequired"] = names


def _add_limits(schema: JsonObject, source: JsonObject) -> None:
    for name in _BOUNDS:
        value = source.get(name)
        if isinstance(value, str):
            raise ValueError(f"its {name} is text, not a number")
        if isinstance(value, int | float) and not isinstance(value, bool):
            schema[name] = value
    for side in ("Minimum", "Maximum"):  # draft 4: exclusiveMinimum says of minimum that it is exclusive
        bound = schema.get(side.lower())
        if source.get(f"exclusive{side}") is True and bound is not None:
            schema[f"exclusive{side}"] = bound
            del schema[side.lower()]
    for name in _COUNTS:
        value = source.get(name)
        if isinstance(value, str) and value.isdecimal():  # protobuf's JSON writes 64-bit numbers as text
            value = int(value)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and float(value).is_integer():
            schema[name] = int(value)
    multiple = source.get("multipleOf")
    if isinstance(multiple, int | float) and not isinstance(multiple, bool) and multiple > 0:
        schema["multipleOf"] = multiple
    if isinstance(source.get("uniqueItems"), bool):
        schema["uniqueItems"] = source["uniqueItems"]
    if isinstance(source.get("pattern"), str):
        schema["pattern"] = source["pattern"]


def _add_type(schema: JsonObject, source: JsonObject) -> None:
    """Add which types and which values are allowed."""
    if "const" in source:
        schema["const"] = source["const"]
    values = source.get("enum")
    if isinstance(values, list) and values:
        schema["enum"] = values
    elif isinstance(values, str):
        schema["enum"] = [values]
    elif values not in (None, []):
        raise ValueError("its enum is not a list")
    schema.update(_types(source.get("type"), schema))
    kind = schema.get("type")
    if kind == "array" and isinstance(values, list) and values and not any(isinstance(part, list) for part in values):
        # On an array it closes the set of its items: that is how hand-written schemas mean it.
        schema["items"] = {**object_at(schema, "items"), "enum": schema.pop("enum")}
    if _may_be_null(source) and kind is not None:
        kinds = _listed(kind)
        schema["type"] = kinds if "null" in kinds else [*kinds, "null"]
        allowed = schema.get("enum")
        if isinstance(allowed, list) and None not in allowed:
            schema["enum"] = [*allowed, None]


def _may_be_null(source: JsonObject) -> bool:
    return source.get("nullable") is True or source.get("x-nullable") is True


def _types(kind: Json, schema: JsonObject) -> JsonObject:
    """Return what the keyword `type` says; where it is left out, what the other keywords take for granted."""
    if kind is None or kind in ("", []):
        values = (
            schema["enum"] if isinstance(schema.get("enum"), list) else [schema["const"]] if "const" in schema else []
        )
        if values:
            return {}
        if "properties" in schema or "additionalProperties" in schema:
            return {"type": "object"}
        return {"type": "array"} if "items" in schema or "prefixItems" in schema else {}
    if kind == "enum" and ("enum" in schema or "const" in schema):
        return {}
    if isinstance(kind, str):
        return _of_word(kind)
    if not isinstance(kind, list):
        raise ValueError("its type is neither a name nor a list of names")
    branches = [_of_word(part) if isinstance(part, str) else {} for part in kind]
    if any("type" not in branch or len(branch) > 1 for branch in branches):
        return {} if {} in branches else {"anyOf": [*branches]}
    kinds = [str(branch["type"]) for branch in branches]
    return {"type": [*dict.fromkeys(kinds)] if len(set(kinds)) > 1 else kinds[0]}


def _of_word(word: str) -> JsonObject:
    known = schema_of_word(word)
    if known is None:
        raise ValueError(f"there is no type {word[:80]!r}")
    return known


def _listed(kind: Json) -> list[Json]:
    return kind if isinstance(kind, list) else [kind]


def merged(parts: Sequence[JsonObject]) -> JsonObject:
    """Return one schema that says what all of them say; of annotations the last one's stand."""
    schema: JsonObject = {}
    apart: list[Json] = []
    for part in parts:
        told = {name: value for name, value in part.items() if name in ANNOTATIONS}
        binding = {name: value for name, value in part.items() if name not in ANNOTATIONS}
        joined = _joined(schema, binding)
        if joined is None:
            apart.append(binding)
        else:
            schema.update(joined)
        schema.update(told)
    if apart:
        before = schema.get("allOf")
        schema["allOf"] = [*(before if isinstance(before, list) else []), *apart]
    return schema


def _joined(schema: JsonObject, binding: JsonObject) -> JsonObject | None:
    """Return what is to be set in a schema so that it says the other's, too; None where one schema cannot say both."""
    joined = dict(binding)
    for name in schema.keys() & binding.keys():
        old, new = schema[name], binding[name]
        if same_json(old, new):
            continue
        if name == "required" and isinstance(old, list) and isinstance(new, list):
            joined[name] = [*old, *(part for part in new if part not in old)]
        elif name == "properties" and isinstance(old, dict) and isinstance(new, dict) and not old.keys() & new.keys():
            joined[name] = {**old, **new}
        else:
            return None
    shut = "additionalProperties"
    if (shut in schema and "properties" in binding) or (shut in binding and "properties" in schema):
        both = {**schema, **joined}
        return joined if same_json(both.get("properties"), schema.get("properties")) else None
    return joined
