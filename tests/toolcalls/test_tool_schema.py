"""Tools as function definitions."""

from __future__ import annotations

from synthtools_stream.toolcalls import (
    openai_function,
)
from tests.toolcalls.callkit import TOOL


def test_function_definition_holds_schema_and_rules() -> None:
    """Agents in native mode see parameters, requirements and usage."""
    function = openai_function(TOOL)["function"]
    assert isinstance(function, dict)
    assert function["description"] == "Order things.\nAt most 9."
    parameters = function["parameters"]
    assert isinstance(parameters, dict)
    assert parameters["required"] == ["sku"]
    assert isinstance(parameters["properties"], dict)
    assert parameters["properties"]["price"] == {"type": "number"}
