"""A call as text: `ToolName(a=1, b='x')`, or JSON `{"name": …, "arguments": …}`; both are read, the first is written.

The expression is parsed into a syntax tree and its literals are read off that tree; nothing is ever evaluated.
Length, depth and size are bounded, because the text comes from a model.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from keyword import iskeyword

import orjson

from synthtools_stream.errors import BadCall
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.values.python_syntax import parse_expression

__all__ = ["Call", "called_tool", "format_call", "parse_call"]

MAX_CALL_CHARS = 100_000
"""Characters of a call: far beyond any honest one, and still parsed in a fraction of a second."""
MAX_DEPTH = 16
"""Levels of an argument, itself the first: schemas have three or four, and the walk below is recursive."""
MAX_VALUES = 5_000
"""Values in all arguments together: what a checker must look at one by one."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_BARE_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_STAND_IN = "_tool"
"""Stands in a call for a name that Python cannot write."""
_NOT_A_CALL = "not a call; write ToolName(parameter='value', other=1)"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool."""

    name: str
    arguments: JsonObject


def parse_call(source: str | JsonObject, names: Collection[str] = ()) -> Call:
    """Read a call.

    With `names`, a text that begins with one of them is a call of it, whatever the name is made of: `get-weather(…)`,
    `calendar.create_event(…)`, `[Get Weather(…)]`.

    :raises BadCall: when it is none, with a reason that its writer can mend it by.
    """
    if isinstance(source, dict):
        return _from_object(source)
    if len(source) > MAX_CALL_CHARS:
        raise BadCall(f"the call is longer than {MAX_CALL_CHARS} characters")
    text = source.strip()
    if text.startswith("{"):
        return _from_object(_loads(text, "the call"))
    if names and (odd := _named_oddly(text, names)) is not None:
        return odd
    call = _from_expression(text)
    return Call(call.name, dict(call.arguments))


def called_tool(text: str) -> str:
    """Return which tool a call of ours is of, as `format_call` wrote it.

    :raises BadCall: when it is none.
    """
    return parse_call(text).name if text.startswith("{") else text.partition("(")[0]


def _named_oddly(text: str, names: Collection[str]) -> Call | None:
    """Read a call of a name that Python cannot write, or one in brackets, as lists of calls are printed."""
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1].strip()
    elif _PLAIN.match(head := text.partition("(")[0]) and not iskeyword(head):
        return None
    for name in sorted(names, key=len, reverse=True):
        rest = text[len(name) :].lstrip()
        if name and text.startswith(name) and rest.startswith("("):
            return Call(name, dict(_from_expression(_STAND_IN + rest).arguments))
    return None


def format_call(call: Call) -> str:
    """Write `Name(a=1, b='x')`; parsing it gives the call back.

    Names that Python cannot write (`from`, `m/s`) make the whole call JSON, which is read as well.
    """
    if all(map(_is_plain, (call.name, *call.arguments))):
        return f"{call.name}({', '.join(f'{name}={value!r}' for name, value in call.arguments.items())})"
    return orjson.dumps({"name": call.name, "arguments": call.arguments}).decode()


@lru_cache(maxsize=1024)
def _is_plain(name: str) -> bool:
    return _PLAIN.match(name) is not None and not iskeyword(name)


def _from_object(source: JsonObject) -> Call:
    name = source.get("name", source.get("tool_name"))
    if not isinstance(name, str) or not name:
        raise BadCall('a JSON call needs a "name" that is text')
    arguments = source.get("arguments")
    if arguments is None:
        arguments = {}
    if isinstance(arguments, str):
        arguments = _loads(arguments or "{}", "arguments")
    if not isinstance(arguments, dict):
        raise BadCall('"arguments" must be a JSON object')
    budget = _Budget()
    return Call(name, {key: _checked(value, budget, 1) for key, value in arguments.items()})


def _loads(text: str, what: str) -> JsonObject:
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadCall(f"{what} is not valid JSON: {error}") from error
    except UnicodeEncodeError as error:
        raise BadCall(f"{what} is not valid Unicode") from error
    if not isinstance(value, dict):
        raise BadCall(f"{what} must be a JSON object")
    return value


@lru_cache(maxsize=128)
def _from_expression(text: str) -> Call:
    node = _syntax(text)
    if not isinstance(node, ast.Call):
        raise BadCall(_NOT_A_CALL)
    if not isinstance(node.func, ast.Name):
        raise BadCall("the tool must be named plainly: ToolName(...), without dots, brackets or nested calls")
    if node.args:
        raise BadCall("positional arguments are not accepted: name each one, as in ToolName(parameter='value')")
    budget = _Budget()
    arguments: JsonObject = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise BadCall("**arguments are not accepted: name each one")
        if keyword.arg in arguments:
            raise BadCall(f"argument '{keyword.arg}' is given twice")
        arguments[keyword.arg] = _literal(keyword.value, keyword.arg, budget, 1)
    return Call(node.func.id, arguments)


def _syntax(text: str) -> ast.expr:
    try:
        return parse_expression(text)
    except SyntaxError as error:
        raise BadCall(f"{_NOT_A_CALL} ({error.msg})") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise BadCall(f"{_NOT_A_CALL} (unreadable or nested too deep)") from error


class _Budget:
    """How many values a call may still hold."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def take(self, depth: int) -> None:
        self.left -= 1
        if depth > MAX_DEPTH:
            raise BadCall(f"arguments are nested more than {MAX_DEPTH} deep")
        if self.left < 0:
            raise BadCall(f"arguments hold more than {MAX_VALUES} values")


def _literal(node: ast.expr, where: str, budget: _Budget, depth: int) -> Json:
    budget.take(depth)
    match node:
        case ast.Constant(value=value) if value is None or isinstance(value, str | int | float):
            return _scalar(value, where)
        case ast.Name(id=word) if word in _BARE_WORDS:
            return _BARE_WORDS[word]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant(value=int() | float() as number)) if (
            not isinstance(number, bool)
        ):
            return _scalar(-number if isinstance(sign, ast.USub) else number, where)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_literal(element, where, budget, depth + 1) for element in elements]
        case ast.Dict(keys=keys, values=values):
            return {
                _key(key, where): _literal(value, where, budget, depth + 1)
                for key, value in zip(keys, values, strict=True)
            }
        case ast.Name(id=word):
            raise BadCall(f"argument '{where}' is the bare name {word}; put text in quotes")
        case _:
            raise BadCall(f"argument '{where}' is not a literal: text, number, boolean, null, list or dict")


def _key(key: ast.expr | None, where: str) -> str:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return str(_scalar(key.value, where))
    raise BadCall(f"argument '{where}' has a dict key that is not text")


def _scalar(value: Json, where: str) -> Json:
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise BadCall(f"argument '{where}' is not valid Unicode text")
    if isinstance(value, float) and not math.isfinite(value):
        raise BadCall(f"argument '{where}' is not a finite number")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise BadCall(f"argument '{where}' is an integer of more than 64 bits")
    return value


def _checked(value: Json, budget: _Budget, depth: int, where: str = "arguments") -> Json:
    """Bound a value that came as JSON or from a caller's dict."""
    budget.take(depth)
    if isinstance(value, dict):
        return {str(_scalar(key, where)): _checked(item, budget, depth + 1, where) for key, item in value.items()}
    if isinstance(value, list):
        return [_checked(item, budget, depth + 1, where) for item in value]
    return _scalar(value, where)
