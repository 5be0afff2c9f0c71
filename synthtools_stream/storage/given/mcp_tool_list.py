"""The tools of an MCP server's `tools/list`, or any list of tools with JSON Schema: OpenAI's, Anthropic's, our own."""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.records.given_api import GivenTool
from synthtools_stream.storage.datasets.foreign_tools import adopt_tool
from synthtools_stream.storage.datasets.schema_dialects import standard_schema
from synthtools_stream.storage.given.told_outputs import told_outputs
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["listed_tools"]

_SCHEMA = "outputSchema"


def listed_tools(listed: Sequence[Json]) -> list[GivenTool]:
    """Return the tools of a list.

    :raises ValueError: with the name of the first that cannot be read.
    """
    return [_given(source, number) for number, source in enumerate(listed, start=1)]


def _given(source: Json, number: int) -> GivenTool:
    if not isinstance(source, dict):
        raise ValueError(f"tool {number} of the list must be a JSON object")
    hints = object_at(source, "annotations")
    reads_only = hints.get("readOnlyHint")
    told = ["only reads" if reads_only is True else "", "may destroy" if hints.get("destructiveHint") is True else ""]
    title = source.get("title") or hints.get("title")
    return GivenTool(
        tool=adopt_tool(_with_outputs(source)),
        told="; ".join(filter(None, [str(title or ""), *told])),
        reads_only=reads_only if isinstance(reads_only, bool) else None,
    )


def _with_outputs(source: JsonObject) -> JsonObject:
    given = source.get(_SCHEMA)
    if not isinstance(given, dict):
        return source
    return {**source, _SCHEMA: told_outputs(standard_schema(given))}
