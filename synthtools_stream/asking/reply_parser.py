"""Find the JSON object that a model meant, in the text that it wrote.

Looked for in this order: the whole text; the text without reasoning (`<think>…</think>`); fenced blocks, where the last
complete object wins, since drafts come before the answer; then prose, where the first complete object wins, since
what a model writes after its answer is often an invented continuation of the conversation.

Text that ends inside an unfinished object is refused even when a complete one stands before it: the model had not
finished, so the complete one was not its answer. Refused as well is what JSON readers disagree about or our own
writers cannot write: duplicate keys, NaN and infinities, integers beyond 64 bits, lone surrogates, nesting beyond 64.
Raw control characters in strings are tolerated, since their meaning is plain.
"""

from __future__ import annotations

import json
import math
import re
from typing import NamedTuple

import orjson

from synthtools_stream.chat.thoughts import without_reasoning
from synthtools_stream.errors import SynthToolsError
from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["MAX_DEPTH", "MAX_TEXT", "Unparsable", "parse_object", "refuse_several"]

MAX_DEPTH = 64
"""Levels of brackets: more than any role's output has, and far from where readers of rows give up."""
MAX_TEXT = 262_144
"""Characters: several times the longest reply that a role is given tokens for."""
_MAX_STARTS = 64
"""Brackets at which JSON may begin: each that leads nowhere may cost a scan of the text, and text may be hostile."""

_REASONING_START = re.compile(r"<(?:think|thinking|thought|reasoning)>")
# Fences begin or end a line; anywhere else they are part of somebody's text.
_FENCE = re.compile(r"^[ \t]*```[ \t]*[A-Za-z0-9_+-]*|```[ \t]*$", re.MULTILINE)
_START = re.compile(r"[{\[]")
# What may be left over where a literal or a number was torn, if anything.
_TORN = re.compile(r"\s*(?:t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|-|\.|[eE][+-]?)?\s*")


class Unparsable(SynthToolsError):
    """No usable JSON object in a text; `reason` is a sentence that can be told to the model."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Scan(NamedTuple):
    objects: list[JsonObject]
    unfinished: bool
    array: bool


def parse_object(text: str) -> JsonObject:
    """Return the JSON object that `text` holds.

    :raises Unparsable: when it holds none, or it is unclear which; the reason can be told to the model.
    """
    if len(text) > MAX_TEXT:
        raise Unparsable(f"the answer is {len(text)} characters long; at most {MAX_TEXT} are read")
    found = _whole(text)
    if found is not None:
        return found
    rest = without_reasoning(text)
    if _REASONING_START.search(rest) and "{" not in rest:
        raise Unparsable("the answer ends inside its reasoning: think less and answer with one JSON object")
    found = _whole(rest) if rest != text else None
    return found if found is not None else _inside(rest)


def refuse_several(text: str, found: JsonObject) -> None:
    """Refuse a text that holds, beside the object `found` in it, others of its kind: it is not clear which is meant.

    :raises Unparsable: with what to do instead.
    """
    if _whole(text) is not None:
        return
    kinds = [each for each in _scan(without_reasoning(text)).objects if each != found and len(each.keys() & found) > 1]
    if kinds:
        raise Unparsable(
            f"the answer holds {len(kinds) + 1} JSON objects: answer with exactly one, and wait for its result"
        )


def _whole(text: str) -> JsonObject | None:
    start = len(text) - len(text.lstrip())
    if not text.startswith(("{", "["), start):
        return None
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError:
        return None
    except RecursionError:
        raise Unparsable(f"the JSON is nested deeper than {MAX_DEPTH}") from None
    if text[end:].strip():
        return None
    if not isinstance(value, dict):
        raise Unparsable("the answer is a JSON array; one JSON object is wanted")
    return _accept(value, text)


def _inside(text: str) -> JsonObject:
    pieces = _FENCE.split(text)
    fenced = [_scan(piece) for piece in pieces[1::2]]
    objects = [found for scan in fenced for found in scan.objects]
    if objects:
        # An even number of pieces means that the last fence was never closed.
        if len(pieces) % 2 == 0 and fenced[-1].unfinished:
            raise Unparsable(_CUT_OFF)
        return _accept(objects[-1], text)
    scan = _scan(text)
    if scan.unfinished:
        raise Unparsable(_CUT_OFF)
    if scan.objects and not _begins_broken(text):
        return _accept(scan.objects[0], text)
    if scan.array:
        raise Unparsable("the answer holds a JSON array; one JSON object is wanted")
    raise Unparsable(_complaint(text))


_CUT_OFF = "the answer ends inside an unfinished JSON object: answer again in full"


def _scan(text: str) -> _Scan:
    objects: list[JsonObject] = []
    array = False
    at = 0
    for _ in range(_MAX_STARTS):
        start = _START.search(text, at)
        if start is None:
            break
        try:
            value, at = _DECODER.raw_decode(text, start.start())
        except json.JSONDecodeError as error:
            if _at_end(text, error):
                return _Scan(objects, True, array)
            at = start.end()
        except RecursionError:
            raise Unparsable(f"the JSON is nested deeper than {MAX_DEPTH}") from None
        else:
            if isinstance(value, dict):
                objects.append(value)
            else:
                array = True
    return _Scan(objects, False, array)


def _begins_broken(text: str) -> bool:
    """Say whether a text is one broken object: what is intact inside of it is not the answer."""
    start = len(text) - len(text.lstrip())
    if not (text.startswith("{", start) and text.rstrip().endswith("}")):
        return False
    try:
        _DECODER.raw_decode(text, start)
    except json.JSONDecodeError:
        return True
    return False


def _at_end(text: str, error: json.JSONDecodeError) -> bool:
    if error.msg.startswith("Unterminated string"):
        return True
    if error.msg.startswith("Invalid \\uXXXX"):
        return len(text) - error.pos < 6
    return _TORN.fullmatch(text, error.pos) is not None


def _complaint(text: str) -> str:
    if not text.strip():
        return "the answer is empty; one JSON object is wanted"
    start = text.find("{")
    if start < 0:
        return "the answer holds no JSON object"
    try:
        _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        near = text[max(0, error.pos - 20) : error.pos + 20]
        return f"the answer is not valid JSON: {error.msg} near {near!r}"
    return "the answer holds no JSON object"


def _accept(found: JsonObject, text: str) -> JsonObject:
    # Fewer brackets than the limit cannot nest deeper than it.
    if text.count("{") + text.count("[") > MAX_DEPTH and deeper_than(found, MAX_DEPTH):
        raise Unparsable(f"the JSON is nested deeper than {MAX_DEPTH}")
    try:
        orjson.dumps(found)
    except TypeError as error:
        raise Unparsable(f"the JSON cannot be stored: {error}") from error
    return found


def _object(pairs: list[tuple[str, Json]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unparsable(f"the key {twice[:80]!r} stands twice in one JSON object")
    return found


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Unparsable(f"the number {text[:40]} is too large")
    return value


def _integer(text: str) -> int:
    if len(text) > 20:
        raise Unparsable(f"the number {text[:40]} is too large")
    return int(text)


def _constant(name: str) -> float:
    raise Unparsable(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_integer, parse_constant=_constant, strict=False
)
