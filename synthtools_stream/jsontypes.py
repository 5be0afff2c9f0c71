"""Names for JSON values, so that no module passes `Any` to another."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import JsonValue

__all__ = ["Json", "JsonObject"]

Json: TypeAlias = JsonValue
JsonObject: TypeAlias = dict[str, JsonValue]
