"""Calls between the marks that model families put around them, where a server hands those on as text.

Some marks name the tool and hold its arguments; others hold whole calls. Arguments that stand one by one in tags of
their own (`<parameter=a>5</parameter>`) are not read: whether 5 is a number or a text is said nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import orjson

from synthtools_stream.errors import BadCall
from synthtools_stream.toolcalls import Call, parse_call
from synthtools_stream.values.jsontypes import Json

__all__ = ["tagged_calls"]

_NAMED = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        # Llama 3 and functionary; Mistral's newer tokenizers; DeepSeek's; Kimi's.
        r"<function=([^>{\s]+)>?\s*(.*?)(?:</function>|(?=<function=)|\Z)",
        r"\[TOOL_CALLS\]\s*([\w.-]+)(?:\[CALL_ID\]\w+)?(?:\[ARGS\])?\s*(\{.*?)(?=\[TOOL_CALLS\]|\Z)",
        r"<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>)?([^\s<]+)(?:<｜tool▁sep｜>|\s)(.*?)(?:<｜tool▁call▁end｜>|\Z)",
        (
            r"<\|tool_call_begin\|>\s*(?:functions\.)?([^\s<:]+)(?::\d+)?\s*<\|tool_call_argument_begin\|>(.*?)"
            r"(?:<\|tool_call_end\|>|\Z)"
        ),
    )
)
# Hermes and Qwen; Mistral's older tokenizers; Llama's own tools; Granite and Phi; Command R.
_WHOLE = re.compile(
    r"<(tool_call|function_call|tool_calls)>(.*?)(?:</\1>|\Z)|(?:\[TOOL_CALLS\]|<\|python_tag\|>|\bfunctools(?=\[))(.*)"
    r"|<\|tool_call\|>(.*?)(?:<\|/tool_call\|>|\Z)|<\|START_ACTION\|>(.*?)(?:<\|END_ACTION\|>|\Z)",
    re.DOTALL,
)
_FENCE = re.compile(r"\s*```\w*\s*(.*?)\s*(?:```)?\s*", re.DOTALL)


def tagged_calls(text: str, read: Callable[[str], Iterable[Call]]) -> list[Call] | None:
    """Return the calls that stand between such marks in `text`, and None where there are no marks.

    `read` reads whole calls. Where one of several is torn, none is returned.
    """
    for form in _NAMED:
        named = [_named(found[1], found[2]) for found in form.finditer(text)]
        if named:
            calls = [call for call in named if call is not None]
            return calls if len(calls) == len(named) else []
    pieces = [next(filter(None, found.groups()[1:]), "") for found in _WHOLE.finditer(text)]
    whole = [[*read(piece)] for piece in pieces]
    if not pieces:
        return None
    return [call for calls in whole for call in calls] if all(whole) else []


def _named(name: str, body: str) -> Call | None:
    fenced = _FENCE.fullmatch(body)
    try:
        arguments: Json = orjson.loads(fenced[1] if fenced else body)
        return parse_call({"name": name, "arguments": arguments}) if isinstance(arguments, dict) else None
    except (orjson.JSONDecodeError, UnicodeEncodeError, BadCall):
        return None
