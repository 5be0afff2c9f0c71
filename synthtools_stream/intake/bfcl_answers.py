"""BFCL's ground truths: calls as text with values by place, or each argument with all its allowed values."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from synthtools_stream.errors import BadCall
from synthtools_stream.records.tool import Tool
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.values.python_syntax import parse_expression

__all__ = ["allowed_call", "text_call"]

_LEFT_OUT = ""
"""Among allowed values: the argument may be left out."""
_LEVELS = 16
"""Levels of nesting of allowed values: calls have no more."""


def text_call(text: str, tools: Mapping[str, Tool]) -> JsonObject:
    """Read `sort('report.pdf')`: values by place get the names of the tool's parameters, in their order.

    :raises RowProblem: when it is no call.
    """
    try:
        call = parse_call(_named(text.strip(), tools), tools)
    except BadCall as error:
        raise RowProblem(f"ground_truth: {error.detail}") from error
    return {"name": call.name, "arguments": call.arguments}


def _named(text: str, tools: Mapping[str, Tool]) -> str:
    try:
        tree = parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text  # which reading it tells better
    if not isinstance(tree, ast.Call) or not tree.args or not isinstance(tree.func, ast.Name):
        return text
    tool = tools.get(tree.func.id)
    if tool is None or len(tree.args) > len(tool.parameters):
        return text
    placed = [ast.keyword(name, value) for name, value in zip(tool.parameters, tree.args, strict=False)]
    return ast.unparse(ast.Call(tree.func, [], [*placed, *tree.keywords]))


def allowed_call(source: JsonObject, tools: Mapping[str, Tool]) -> JsonObject:
    """Read `{name: {parameter: [allowed values]}}`: the first value of each counts.

    An empty text there leaves the argument out; where the tool requires it, the first other value counts.

    :raises RowProblem: when it has another form.
    """
    if "name" in source and "arguments" in source:
        return {"name": source["name"], "arguments": source["arguments"]}
    if len(source) != 1 or deeper_than(source, _LEVELS):
        raise RowProblem("ground_truth: a call is not one name with its arguments")
    ((name, arguments),) = source.items()
    if not isinstance(arguments, dict):
        raise RowProblem("ground_truth: the arguments of a call are no object")
    return {"name": name, "arguments": _firsts(arguments, _required(name, tools))}


def _required(name: str, tools: Mapping[str, Tool]) -> Collection[str]:
    parameters = tools[name].parameters if name in tools else {}
    return {name for name, parameter in parameters.items() if parameter.required}


def _firsts(allowed: JsonObject, required: Collection[str] = ()) -> JsonObject:
    firsts: JsonObject = {}
    for name, listed in allowed.items():
        values = listed if isinstance(listed, list) else [listed]
        if name in required:
            values = sorted(values, key=lambda value: value == _LEFT_OUT)
        if values and (name in required or values[0] != _LEFT_OUT):
            firsts[name] = _opened(values[0])
    return firsts


def _opened(value: Json) -> Json:
    """Return an allowed value; objects, and objects in a list, hold allowed values in their turn."""
    if isinstance(value, dict):
        return _firsts(value)
    return [_opened(item) if isinstance(item, dict) else item for item in value] if isinstance(value, list) else value
