"""Calls that a model wrote into its message, where its server has no parser for them: no closing message.

Read is what model families write for calls: tags (`tagged_calls`), fences, bare JSON, and `ToolName(a=1)`, alone or in
a list. A call that only stands in the middle of prose is somebody telling of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import orjson

from stages.rollout.tagged_calls import tagged_calls
from synthtools_stream.errors import BadCall
from synthtools_stream.toolcalls import Call, parse_call
from synthtools_stream.values.jsontypes import Json

__all__ = ["spoken_calls"]

_FENCED = re.compile(r"```[A-Za-z0-9_]*\s*(.*?)(?:```|\Z)", re.DOTALL)
_NAMES, _ARGUMENTS = ("name", "tool_name", "function"), ("arguments", "parameters", "args")


def spoken_calls(text: str, names: Collection[str]) -> list[Call] | None:
    """Return the calls that `text` is; None where it is a message like any other.

    What stands in a family's own tags is calls, be they of unknown tools; where one of them is torn, none is returned.
    """
    tagged = tagged_calls(text, lambda piece: _calls(piece, None))
    if tagged is not None:
        return tagged
    fenced = [call for found in _FENCED.finditer(text) for call in _calls(found[1], names)]
    return fenced or list(_calls(text.strip().strip("`"), names)) or None


def _calls(text: str, names: Collection[str] | None) -> Iterator[Call]:
    text = text.strip()
    try:
        value: Json = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        yield from _written(text, names)
        return
    found = [_of_object(each) for each in (value if isinstance(value, list) else [value])]
    # All or none: a list of which one is no call is no list of calls.
    known = [call for call in found if call is not None and (names is None or call.name in names)]
    if len(known) == len(found):
        yield from known


def _of_object(value: Json) -> Call | None:
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    body = inner if isinstance(inner, dict) else value
    name = next((body[key] for key in _NAMES if isinstance(body.get(key), str)), None)
    arguments = next((body[key] for key in _ARGUMENTS if key in body), None)
    if name is None or arguments is None:
        return None
    try:
        return parse_call({"name": name, "arguments": arguments})
    except BadCall:
        return None


def _written(text: str, names: Collection[str] | None) -> Iterator[Call]:
    """Read lines or a list of `ToolName(a=1)`, and lines of JSON; nothing, where anything else stands beside them."""
    inner = text[1:-1].strip() if text.startswith("[") and text.endswith("]") else text
    found: list[Call] = []
    for piece in re.split(r"\n+|(?<=\)),\s*(?=[A-Za-z_]\w*\()", inner):
        if not piece.strip():
            continue
        try:
            plain = piece.strip().replace(".call(", "(", 1)  # as Llama writes calls of its built-in tools
            call = _of_object(orjson.loads(plain)) if plain.startswith("{") else parse_call(plain)
        except (BadCall, orjson.JSONDecodeError, UnicodeEncodeError):
            return
        if call is None or (names is not None and call.name not in names):
            return
        found.append(call)
    yield from found
