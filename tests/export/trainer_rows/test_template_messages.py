"""Messages as chat templates take them."""

from __future__ import annotations

from typing import Any

from synthtools_stream.export.chat_messages import Call, Said
from synthtools_stream.export.trainer_rows.template_messages import template_messages


def test_no_null_and_no_empty_key() -> None:
    """A key stands where it says something; content always does."""
    calls = (Call("c1", "Move", {"to": None}),)
    (call,) = template_messages([Said("assistant", None, calls=calls)])
    function = {"name": "Move", "arguments": {"to": None}}
    assert call == {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "c1", "type": "function", "function": function}],
    }
    text: Any
    (text,) = template_messages([Said("assistant", None, calls=calls)], arguments_as_text=True)
    assert text["tool_calls"][0]["function"]["arguments"] == '{"to":null}'
    assert template_messages([Said("user", "Hi")]) == [{"role": "user", "content": "Hi"}]
