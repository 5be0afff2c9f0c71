"""JSON as text in somebody's column: as it must be, or as Python prints it (`{'a': True}`), which many files hold."""

from __future__ import annotations

import orjson

from synthtools_stream.errors import BadCall
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["as_answer", "loose_json"]

_ANSWER_LEVELS = 150
"""Levels of nesting of an answer: it comes to stand within a row, which has 200 at most."""


def loose_json(text: str, what: str) -> Json:
    """Read a value; nothing is evaluated.

    :raises RowProblem: when it is none, or nested too deep, naming `what`.
    """
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        try:
            return parse_call(f"_(value={text.strip()})").arguments["value"]
        except (BadCall, KeyError):
            raise RowProblem(f"{what}: not JSON: {error}") from error
    if deeper_than(value, _ANSWER_LEVELS):
        raise RowProblem(f"{what}: nested too deep")
    return value


def as_answer(value: Json) -> JsonObject:
    """Return what a tool answered as an object; what is none, or cannot be read, stands under `result`."""
    if isinstance(value, str) and value.strip()[:1] in ("{", "["):
        try:
            value = loose_json(value, "the answer")
        except RowProblem:
            return {"result": value}
    if not isinstance(value, dict):
        return {"result": value}
    # Some files keep the whole message of the tool, as text, in the place of what it answered.
    return as_answer(value["content"]) if "content" in value and "tool_call_id" in value else value
