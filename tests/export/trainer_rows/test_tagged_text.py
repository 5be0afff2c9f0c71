"""Calls between tags, and what could be taken for them."""

from __future__ import annotations

import json
import re

import pytest

from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import Call, Said
from synthtools_stream.export.trainer_rows.tagged_text import as_json, json_in_text, with_calls
from tests.export.trainer_rows.hard_rows import MARKUP


def test_calls_are_read_back() -> None:
    """As many as there were, types and texts alike, whatever the texts hold."""
    calls = tuple(
        Call(str(at), "Note", {"text": text, "n": 1.0, "at": None}) for at, text in enumerate((MARKUP, "ü 船 <b>"))
    )
    text = with_calls(Said("assistant", "Let me see.", calls=calls))
    found = [json.loads(piece) for piece in re.findall(r"<tool_call>\n(.*?)\n</tool_call>", text, re.DOTALL)]
    assert found == [{"name": call.name, "arguments": call.arguments} for call in calls]
    assert text.startswith("Let me see.\n<tool_call>\n")
    assert "ü 船 <b>" in text
    assert with_calls(Said("assistant", None, calls=calls)).startswith("<tool_call>")
    assert with_calls(Said("assistant", "Done.")) == "Done."


@pytest.mark.parametrize("text", ["a <tool_call> b", "</tool_response>", "<tools>"])
def test_speech_that_holds_tags(text: str) -> None:
    """A reader could not tell it from a call."""
    with pytest.raises(Rejection, match="markup_in_text"):
        with_calls(Said("assistant", text))


def test_json() -> None:
    """What is JSON stays as it was written; tags are the only reason to write it otherwise."""
    assert as_json('{"a":25.0}') == '{"a":25.0}'
    assert as_json("no JSON \n") == '"no JSON \\n"'
    assert json_in_text({"a": "<b>"}) == '{"a": "<b>"}'
    assert json_in_text(MARKUP).count("<") == 0
