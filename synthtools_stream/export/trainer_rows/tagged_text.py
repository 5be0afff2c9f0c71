"""Calls and results inside a message's text, between tags, as Hermes models write them."""

from __future__ import annotations

import json
import re

import orjson

from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import Said
from synthtools_stream.values.jsontypes import Json

__all__ = ["as_json", "json_in_text", "text_before_calls", "with_calls", "without_tags"]

_TAGS = re.compile(r"</?(?:tool_call|tool_response|tools)>")


def with_calls(said: Said) -> str:
    """Return a message's text, and behind it a JSON object between `<tool_call>` tags for each of its calls.

    :raises Rejection: when the text holds such tags itself.
    """
    objects = (json_in_text({"name": call.name, "arguments": call.arguments}) for call in said.calls)
    calls = "\n".join(f"<tool_call>\n{written}\n</tool_call>" for written in objects)
    return f"{text_before_calls(said)}{calls}"


def text_before_calls(said: Said) -> str:
    """Return a message's text, on lines of its own where calls are to follow.

    :raises Rejection: when it holds tags, which a reader would take for calls.
    """
    text = said.content or ""
    if found := _TAGS.search(text):
        raise Rejection("markup_in_text", f"a message of the {said.speaker} holds {found[0]}")
    return f"{text}\n" if text and said.calls and not text.endswith("\n") else text


def json_in_text(value: Json) -> str:
    """Return JSON in which nothing looks like a tag, spaced as models write it: they learn these very characters."""
    return without_tags(json.dumps(value, ensure_ascii=False))


def without_tags(json_text: str) -> str:
    r"""Return the same JSON; where a text in it holds a tag, `<` is written as `\u003c`."""
    return json_text.replace("<", "\\u003c") if _TAGS.search(json_text) else json_text


def as_json(text: str) -> str:
    """Return a text as it is where it is JSON, else as a JSON string."""
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return orjson.dumps(text).decode()
    return text
