"""Tool calls: parse, canonical form, format, check against a schema. Text is read, never evaluated."""

from __future__ import annotations

from synthtools_stream.toolcalls.call_check import check_call, find_tool, unknown_tool
from synthtools_stream.toolcalls.call_format import format_call
from synthtools_stream.toolcalls.call_parser import Call, parse_call
from synthtools_stream.toolcalls.canonical_form import canonical, canonical_text, same_call
from synthtools_stream.toolcalls.foreign_tools import adopt_tool
from synthtools_stream.toolcalls.tool_schema import openai_function, tool_json_schema

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
