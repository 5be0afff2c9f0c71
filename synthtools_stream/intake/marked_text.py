"""Calls and answers within texts, by hermes' tags or glaive's `<functioncall>`; tools told in the system message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from synthtools_stream.chat.thoughts import split_speech
from synthtools_stream.intake.call_objects import called_in
from synthtools_stream.intake.chat_history import Markup
from synthtools_stream.intake.loose_json import loose_json
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["MARKED", "tools_in"]

_CALL = re.compile(r"<tool_call>(.*?)(?:</tool_call>|\Z)|<functioncall>(.*?)(?:<\|endoftext\|>|\Z)", re.S)
_ANSWER = re.compile(r"<tool_response>(.*?)(?:</tool_response>|\Z)", re.S)
_TOOLS = re.compile(r"<tools>(.*?)(?:</tools>|\Z)", re.S)
_WRAPPED = ({"name", "content"}, {"content"}, {"name", "content", "tool_call_id"})
"""The keys around an answer, where the tool's name is told with it."""
_OPENING = re.compile(r"[{\[]")
_MOST_MISSES = 200
"""Brackets that open no JSON: a text with more of them tells no tools, and would be read over and over."""


def _calls(text: str) -> Iterator[JsonObject]:
    for found in _CALL.finditer(split_speech(text)[1]):
        yield from called_in(found[1] if found[1] is not None else found[2])


def _answers(text: str) -> Sequence[Json]:
    return [_unwrapped(block) for block in _ANSWER.findall(text)] or [text]


def _unwrapped(text: str) -> Json:
    try:
        value = loose_json(text, "an answer")
    except RowProblem:
        return text.strip()
    return value["content"] if isinstance(value, dict) and set(value) in _WRAPPED else value


MARKED = Markup(_calls, _answers)
"""How hermes and glaive write calls and answers."""


def tools_in(text: str) -> list[Json]:
    """Return the tools that a system message tells: in hermes' tags, or as JSON objects in the text."""
    marked = "".join(_TOOLS.findall(text))  # the first of them is often empty: it only says where they will stand
    found = list(_values_in(marked or text))
    tools = [tool for value in found for tool in (value if isinstance(value, list) else [value])]
    return [tool for tool in tools if isinstance(tool, dict) and ("name" in tool or "function" in tool)]


def _values_in(text: str) -> Iterator[Json]:
    """Yield the JSON objects and lists that stand in a text, one after the other."""
    decoder, place, misses = json.JSONDecoder(), 0, 0
    while misses < _MOST_MISSES and (opening := _OPENING.search(text, place)) is not None:
        try:
            value, place = decoder.raw_decode(text, opening.start())
        except (json.JSONDecodeError, RecursionError):
            place = opening.end()
            misses += 1
        else:
            yield value
