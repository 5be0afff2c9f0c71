"""Tools of an MCP server: schemas to the letter, hints kept, nested outputs named."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.storage.given.tool_documents import read_apis


def test_mcp_tools() -> None:
    """What our own words cannot say the schema keeps; hints tell what is only read."""
    (api,) = read_apis([Path("tests/data/given/mail.json")])
    search, send = api.tools
    assert (search.told, search.reads_only) == ("only reads", True)
    assert search.tool.output_details["messages"].description == "messages: id, subject."
    assert (send.told, send.reads_only) == ("Send a message; may destroy", None)
    assert send.tool.parameters["to"].json_schema == {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    }
    assert send.tool.parameters["priority"].json_schema == {"type": "integer", "exclusiveMinimum": 0}
