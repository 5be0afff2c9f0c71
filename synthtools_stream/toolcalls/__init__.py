"""Tool calls: parse, canonical form, format, check against a schema. Text is read, never evaluated."""

from __future__ import annotations

from synthtools_stream.toolcalls.adopting import adopt_tool
from synthtools_stream.toolcalls.canonical import canonical, canonical_text, same_call
from synthtools_stream.toolcalls.checking import check_call, find_tool, unknown_tool
from synthtools_stream.toolcalls.formatting import format_call
from synthtools_stream.toolcalls.parsing import Call, parse_call
from synthtools_stream.toolcalls.schemas import openai_function, tool_json_schema

__all__ = [
    "Call",
    "adopt_tool",
    "canonical",
    "canonical_text",
    "check_call",
    "find_tool",
    "format_call",
    "openai_function",
    "parse_call",
    "same_call",
    "tool_json_schema",
    "unknown_tool",
]
