"""`tool_config.yaml`: the tools of one environment as verl's tool registry reads them.

JSON is YAML, so nothing of it is built of text. Two readers stand behind it: YAML refuses some characters that JSON
takes, and OmegaConf replaces `${…}`, in a tool's description too; both are escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from synthtools_stream.errors import Rejection, UsageError
from synthtools_stream.live.submission import SUBMISSION, SUBMIT
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, object_at

__all__ = ["assert_configurable", "tool_config"]

_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON may hold as it is, and YAML may not, or takes for the end of a line."""
_INTERPOLATION = re.compile(r"(\\*)\$\{")


def assert_configurable(functions: Iterable[JsonObject]) -> None:
    """Refuse tools that verl's schema cannot hold.

    :raises Rejection: for a parameter without a type, and a tool of the name of ours.
    """
    for function in functions:
        if function.get("name") == SUBMIT:
            raise Rejection("name_taken", f"a tool is called {SUBMIT}, as the tool that ends an attempt is")
        for name, schema in object_at(object_at(function, "parameters"), "properties").items():
            if not isinstance(schema, dict) or "type" not in schema:
                raise Rejection("untyped_parameter", f"{function.get('name')}.{name} has no type, which verl needs")


def tool_config(functions: Iterable[JsonObject], worlds: str) -> bytes:
    """Return the file for all tools of an environment, each once, and the submission.

    `worlds` is the file of its tasks, from the export's folder.

    :raises UsageError: where one name stands for two tools.
    """
    found: dict[str, JsonObject] = {}
    for function in functions:
        name = str(function["name"])
        known = found.setdefault(name, function)
        if known is not function and canonical_json(known) != canonical_json(function):
            raise UsageError(f"{worlds}: two tasks define {name} in two ways; leave one's kind out by --variant")
    tools = [_entry(function, worlds) for function in (*found.values(), SUBMISSION)]
    text = json.dumps(_escaped({"tools": tools}), ensure_ascii=False, indent=1)
    return _NOT_YAML.sub(lambda odd: f"\\u{ord(odd[0]):04x}", text).encode() + b"\n"


def _entry(function: JsonObject, worlds: str) -> Json:
    return {
        "class_name": "world_tool.WorldTool",
        "config": {"type": "native", "tasks": worlds},
        "tool_schema": {"type": "function", "function": function},
    }


def _escaped(value: Json) -> Json:
    """Return a value in whose texts OmegaConf finds nothing to replace."""
    if isinstance(value, str):
        return _INTERPOLATION.sub(lambda found: f"{found[1] * 2}\\${{", value)
    if isinstance(value, Mapping):
        return {name: _escaped(item) for name, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list) else value
