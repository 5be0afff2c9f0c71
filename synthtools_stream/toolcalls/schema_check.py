"""Check a value against a JSON Schema (2020-12): for what other people's tools say and our own parameters cannot."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson

from synthtools_stream.values.jsontypes import Json, JsonObject

if TYPE_CHECKING:
    import jsonschema_rs

__all__ = ["schema_fault", "schema_problems"]

_SHOWN = 160
"""Characters of a problem that are shown: a library's message may hold the whole value."""
_VALIDATORS = 256
"""Compiled schemas that are remembered: the parameters of some tens of tools."""


def schema_problems(value: Json, schema: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield where in the value something is wrong (`.a.b[0]`, empty for the whole), and what."""
    for error in _validator(orjson.dumps(schema)).iter_errors(value):
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
        yield path, _short(error.message)


def schema_fault(schema: JsonObject) -> str | None:
    """Say why a schema cannot be used to check anything; None when it can."""
    try:
        _validator(orjson.dumps(schema))
    except (ValueError, TypeError) as error:
        return _short(str(error))
    return None


@lru_cache(maxsize=_VALIDATORS)
def _validator(text: bytes) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs  # only where somebody's schema needs it: most commands and most rows do not

    return jsonschema_rs.Draft202012Validator(orjson.loads(text))


def _short(text: str) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
