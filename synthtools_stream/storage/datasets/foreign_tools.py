"""Read a tool as other people write it: our own form, JSON Schema in any dialect, as OpenAI, Anthropic, MCP have it."""

from __future__ import annotations

import orjson
from pydantic import ValidationError

from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.storage.datasets.schema_dialects import is_schema, standard_schema
from synthtools_stream.storage.datasets.schema_parameters import arguments_of, parameter_of
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["adopt_tool"]

_ARGUMENTS = ("parameters", "inputSchema", "input_schema", "args_schema", "parametersJsonSchema", "arguments", "args")
"""Where the arguments are described: ours and OpenAI's, MCP's, Anthropic's, LangChain's, Gemini's, and others'."""
_OUTPUTS = ("output_details", "outputSchema", "output_schema", "response", "returns")
_NAMES = ("tool_name", "name")
_TYPES = ("string", "integer", "float", "boolean", "array", "object", "any")
_KEYS = frozenset(Parameter.model_fields)


def adopt_tool(source: Json) -> Tool:
    """Build a tool.

    :raises ValueError: when no reading makes sense, with the tool's and the parameter's name.
    """
    if isinstance(source, str) and source.lstrip().startswith("{"):
        source = _decoded(source, "the tool")
    if not isinstance(source, dict):
        raise ValueError("a tool must be a JSON object")
    wrapped = next((source[key] for key in ("function", "toolSpec") if isinstance(source.get(key), dict)), source)
    row: JsonObject = dict(wrapped) if isinstance(wrapped, dict) else {}
    name = next((row[key] for key in _NAMES if row.get(key) is not None), None)
    if not isinstance(name, str) or not name:
        raise ValueError("tool_name: must be text, under this key or under `name`")
    try:
        return _adopted(name, row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ValueError(f"tool '{name[:80]}', {_place(first['loc'])}: {first['msg']}") from error
    except ValueError as error:
        raise ValueError(f"tool '{name[:80]}', {error}") from error


def _adopted(name: str, row: JsonObject) -> Tool:
    parameters, schema = _parameters(_first(row, _ARGUMENTS))
    given = row.get("json_schema")
    return Tool.model_validate(
        {
            "tool_name": name,
            "tool_description": row.get("tool_description") or row.get("description") or "",
            "parameters": parameters,
            "error_messages": _lines(row.get("error_messages")),
            "usage": row.get("usage") or "",
            "output_details": _outputs(_first(row, _OUTPUTS)),
            "effects": row.get("effects"),
            "json_schema": schema if schema is not None else given if isinstance(given, dict) else None,
        }
    )


def _place(location: tuple[int | str, ...]) -> str:
    """Name a place in a tool as its writer would."""
    if len(location) > 1 and location[0] == "parameters":
        inner = [str(part) for part in location[2:] if part not in ("properties", "items")]
        return f"parameter '{str(location[1])[:80]}'" + (f", {'.'.join(inner[:8])}" if inner else "")
    return ".".join(map(str, location[:8]))


def _first(row: JsonObject, keys: tuple[str, ...]) -> Json:
    return next((row[key] for key in keys if row.get(key) is not None), None)


def _decoded(text: str, what: str) -> Json:
    try:
        value: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{what} is text that is not JSON: {error}") from error
    return value


def _parameters(source: Json) -> tuple[JsonObject, JsonObject | None]:
    """Return the parameters, and the schema of all arguments together where there is need of it."""
    if isinstance(source, str):
        source = _decoded(source, "its parameters") if source.strip() else None
    if source is None or isinstance(source, bool):
        return {}, None
    if isinstance(source, list):  # [{"name": "city", "type": "string"}]
        return _parameters({_name_of(part): part for part in source})
    if not isinstance(source, dict):
        raise ValueError("its parameters are neither an object nor a list")
    if isinstance(source.get("json"), dict) and len(source) == 1:  # Bedrock
        source = object_at(source, "json")
    if is_schema(source):
        return arguments_of(standard_schema(_without_nulls(source)))
    return {name: _parameter(name, spec, source) for name, spec in source.items() if spec is not None}, None


def _name_of(part: Json) -> str:
    name = part.get("name") if isinstance(part, dict) else part
    if not isinstance(name, str) or not name:
        raise ValueError("its list of parameters holds one without a name")
    return name


def _without_nulls(schema: JsonObject) -> JsonObject:
    """Drop properties that are null as a whole: a table that holds several tools fills them in."""
    return {name: value for name, value in schema.items() if value is not None}


def _parameter(name: str, spec: Json, root: JsonObject) -> JsonObject:
    if isinstance(spec, dict):
        spec = _trimmed(spec)
        if _is_ours(spec):
            return spec
    try:
        schema = standard_schema(spec, root)
    except ValueError as error:
        raise ValueError(f"parameter '{name[:80]}': {error}") from error
    return parameter_of(name, schema, isinstance(spec, dict) and spec.get("required") is True)


def _trimmed(spec: JsonObject) -> JsonObject:
    """Drop keys without a value, as tables of many rows fill them in, here and in what is nested."""
    kept: JsonObject = {key: value for key, value in spec.items() if value is not None}
    named, items = kept.get("properties"), kept.get("items")
    if isinstance(named, dict):
        inner: JsonObject = {
            name: _trimmed(part) if isinstance(part, dict) else part for name, part in named.items() if part is not None
        }
        kept["properties"] = inner
    if isinstance(items, dict):
        kept["items"] = _trimmed(items)
    return kept


def _is_ours(spec: Json, depth: int = 0) -> bool:
    """Say whether a parameter stands there in our own form already."""
    if not isinstance(spec, dict) or depth > len(_KEYS) or not spec.keys() <= _KEYS or spec.get("type") not in _TYPES:
        return False
    if not isinstance(spec.get("required", False), bool) or not isinstance(spec.get("format", ""), str):
        return False
    if "items" in spec and not _is_ours(spec["items"], depth + 1):
        return False
    named = spec.get("properties")
    return named is None or (isinstance(named, dict) and all(_is_ours(part, depth + 1) for part in named.values()))


def _lines(source: Json) -> Json:
    if source is None:
        return []
    if isinstance(source, str):
        return [source]
    if isinstance(source, dict):
        return [f"{name}: {text}" for name, text in source.items() if text is not None]
    if isinstance(source, list):
        return [": ".join(map(str, line.values())) if isinstance(line, dict) else line for line in source]
    return source


def _outputs(source: Json) -> Json:
    if not isinstance(source, dict):
        return {}
    if is_schema(source):
        source = object_at(standard_schema(_without_nulls(source)), "properties")
    return {name: _output(name, spec) for name, spec in source.items() if spec is not None}


def _output(name: str, source: Json) -> Json:
    if not isinstance(source, dict):
        return {"type": "string", "description": str(source)}
    kind = source.get("type")
    if kind in _TYPES:
        return {"type": kind, "description": source.get("description") or ""}
    try:
        said = parameter_of(name, standard_schema(source), False)
    except ValueError as error:
        raise ValueError(f"output '{name[:80]}': {error}") from error
    return {"type": said["type"], "description": said["description"]}
