"""Tools as other people write them."""

from __future__ import annotations

from synthtools_stream.storage.datasets.foreign_tools import adopt_tool
from synthtools_stream.toolcalls import openai_function
from tests.toolcalls.callkit import TOOL


def test_foreign_tools_are_adopted() -> None:
    """An OpenAI function definition becomes a tool like ours, nested requirements included."""
    source = openai_function(TOOL)
    adopted = adopt_tool(source)
    assert adopted.parameters["lines"].items == TOOL.parameters["lines"].items
    assert adopted.parameters["sku"].required
    assert not adopted.parameters["count"].required
    assert adopt_tool(TOOL.to_json()) == TOOL
