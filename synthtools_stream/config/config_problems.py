"""What is wrong with a configuration, in one line of our own words."""

from __future__ import annotations

from difflib import get_close_matches

import orjson
from pydantic import ValidationError

from synthtools_stream.config.content_keys import Content
from synthtools_stream.config.key_groups import (
    Audit,
    EmbeddedRates,
    Embeddings,
    Implicit,
    Prices,
    RoleOverride,
    Section,
    ServerDialect,
    Targets,
)
from synthtools_stream.config.operating_keys import Operating

__all__ = ["first_problem", "key_at_fault", "short", "unknown_key"]

_WRITTEN_AS = {"role_servers": "roles", "embeddings_servers": "embeddings.server_url"}
"""Where a key stands in the file, if that is elsewhere."""


def unknown_key(key: str, known: list[str]) -> str:
    """Return the line for a key that does not exist, with the nearest that does."""
    near = get_close_matches(key, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no configuration key {key!r}{hint}"


def first_problem(error: ValidationError) -> str:
    """Return the first thing that is wrong: where, what it must be, and what was given."""
    problem = error.errors(include_url=False)[0]
    parts = [_WRITTEN_AS.get(str(part), str(part)) for part in problem["loc"]]
    if problem["type"] == "extra_forbidden":
        return unknown_key(".".join(parts), _keys_beside(parts))
    said = _said(problem["type"], problem["msg"], problem.get("ctx", {}))
    if not parts or problem["type"] == "value_error":
        return ": ".join([*parts[:1], said])
    return f"{'.'.join(parts)}: {said} (got {short(problem.get('input'))})"


def key_at_fault(error: ValidationError) -> str:
    """Return the key under which the first mistake lies; empty where several keys do not go together."""
    place = error.errors(include_url=False)[0]["loc"]
    return _WRITTEN_AS.get(str(place[0]), str(place[0])) if place else ""


def _said(kind: str, message: str, bounds: dict[str, object]) -> str:
    """Say a validation error in our own words."""
    known = {
        "greater_than": "must be above {gt}",
        "greater_than_equal": "must be {ge} or more",
        "less_than": "must be below {lt}",
        "less_than_equal": "must be {le} or less",
        "string_too_short": "must not be empty",
        "string_too_long": "must have {max_length} characters at most",
        "int_parsing": "must be a whole number",
        "int_type": "must be a whole number",
        "string_pattern_mismatch": "must have no line breaks and no control characters",
        "float_type": "must be a number",
        "bool_type": "must be true or false",
        "string_type": "must be a text",
        "list_type": "must be a list",
        "dict_type": "must be a table",
        "model_type": "must be a table",
        "too_short": "must not be empty",
        "missing": "is missing",
        "literal_error": "must be {expected}",
    }
    return known[kind].format(**bounds) if kind in known else message.removeprefix("Value error, ")


def _keys_beside(parts: list[str]) -> list[str]:
    sections: dict[str, type[Section]] = {
        "audit": Audit,
        "embedded": EmbeddedRates,
        "embeddings": Embeddings,
        "implicit": Implicit,
        "prices": Prices,
        "roles": RoleOverride,
        "server": ServerDialect,
        "targets": Targets,
    }
    section = sections.get(parts[0])
    if section is None:
        return [*Content.model_fields, *Operating.model_fields]
    return [".".join([*parts[:-1], name]) for name in section.model_fields]


def short(value: object) -> str:
    """Return a value as it was given, but never at length."""
    text = repr(value) if not isinstance(value, (dict, list)) else orjson.dumps(value).decode()
    return text if len(text) <= 80 else text[:77] + "..."
