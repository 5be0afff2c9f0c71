"""Tool calls: as text, in canonical form, checked against a schema.

Text is read, never evaluated.

Belongs here: what can be said of a call or a tool's schema with no state in view.

Does not: whether a call succeeds (`simulator`), where its arguments come from (`proof`), the tool itself
(`records`), tools as others write them (`storage.datasets`).

May import: `errors`, `records`, `values`, `wording`.
"""

from __future__ import annotations

from synthtools_stream.toolcalls.call_check import check_call, find_tool, unknown_tool
from synthtools_stream.toolcalls.call_text import Call, called_tool, format_call, parse_call
from synthtools_stream.toolcalls.canonical_form import canonical, canonical_text, same_call
from synthtools_stream.toolcalls.tool_schema import openai_function, tool_json_schema
from synthtools_stream.toolcalls.wire_names import WireNames

__all__ = [
    "Call",
    "WireNames",
    "called_tool",
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
