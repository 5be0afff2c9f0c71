"""The operations of an OpenAPI 3 document, each as a tool: names and schemas as they stand there.

Path, query and header parameters and the properties of a JSON body lie side by side in one schema, as a caller gives
them; a body that is no plain object, or shares a name with a parameter, is one parameter, `body`. What identifies the
caller (cookies, `Authorization`) is no tool's affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthtools_stream.records.given_api import GivenTool
from synthtools_stream.storage.datasets.foreign_tools import adopt_tool
from synthtools_stream.storage.datasets.schema_dialects import ANNOTATIONS, standard_schema
from synthtools_stream.storage.given.told_outputs import told_outputs
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["operations"]

_METHODS = ("get", "head", "post", "put", "patch", "delete")
_READING = ("get", "head")
_NOT_GIVEN = ("accept", "content-type", "authorization")
"""Headers that are no parameters, by the specification."""
_BODIES = re.compile(r"application/(?:[\w.+-]*\+)?json\b|\*/\*|application/x-www-form-urlencoded|multipart/form-data")
_PLAIN_BODY = {"type", "properties", "required", *ANNOTATIONS}
"""Keywords of a body whose properties say all there is to say."""
_REFERENCES = 20
"""References in a row that are followed."""


def operations(document: JsonObject) -> Iterator[tuple[str, GivenTool]]:
    """Yield each operation that is not deprecated with its first tag, in the document's order.

    :raises ValueError: with the operation's method and path, when one cannot be read.
    """
    version = str(document["openapi"])
    if not version.startswith("3."):
        raise ValueError(f"is OpenAPI {version[:20]}; only 3.0 and later can be read")
    for path, item in object_at(document, "paths").items():
        shared = _deref(item, document, path)
        for method in _METHODS:
            operation = shared.get(method)
            if not isinstance(operation, dict) or operation.get("deprecated") is True:
                continue
            try:
                yield _tag(operation), _given(method, path, operation, shared, document)
            except ValueError as error:
                raise ValueError(f"{method.upper()} {path}: {error}") from error


def _tag(operation: JsonObject) -> str:
    tags = operation.get("tags")
    return str(tags[0]) if isinstance(tags, list) and tags else ""


def _given(method: str, path: str, operation: JsonObject, shared: JsonObject, document: JsonObject) -> GivenTool:
    described = [str(operation.get(key) or "").strip() for key in ("summary", "description")]
    texts = [text for text in dict.fromkeys(described) if text]
    source: JsonObject = {
        "name": str(operation.get("operationId") or re.sub(r"[\W_]+", "_", f"{method}_{path}").strip("_")),
        "description": "\n".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in texts),
        "inputSchema": _arguments(operation, shared, document),
        "outputSchema": _response(operation, document),
    }
    return GivenTool(
        tool=adopt_tool(source),
        told="; ".join([f"{method.upper()} {path}", *_errors(operation, document)]),
        reads_only=True if method in _READING else None,
    )


def _arguments(operation: JsonObject, shared: JsonObject, document: JsonObject) -> JsonObject:
    named: JsonObject = {}
    required: list[Json] = []
    for parameter in _parameters(operation, shared, document):
        name = str(parameter.get("name"))
        named[name] = _described(_schema_of(parameter, document), parameter.get("description"))
        if parameter.get("required") is True:
            required.append(name)
    body = _deref(operation.get("requestBody"), document, "requestBody")
    schema = _schema_of(body, document) if body else {}
    parts = {
        name: part
        for name, part in object_at(schema, "properties").items()
        if not (isinstance(part, dict) and part.get("readOnly") is True)
    }
    if parts and schema.keys() <= _PLAIN_BODY and not parts.keys() & named.keys():
        named |= parts
        needed = schema.get("required")
        required += [name for name in (needed if isinstance(needed, list) else []) if name in parts]
    elif body:
        named["body"] = _described(schema, body.get("description"))
        if body.get("required") is True:
            required.append("body")
    return {"type": "object", "properties": named, "required": required}


def _parameters(operation: JsonObject, shared: JsonObject, document: JsonObject) -> Iterator[JsonObject]:
    """Yield the parameters of a path and of its operation, which win, without those that identify the caller."""
    found: dict[tuple[str, str], JsonObject] = {}
    for listed in (shared.get("parameters"), operation.get("parameters")):
        for source in listed if isinstance(listed, list) else ():
            parameter = _deref(source, document, "parameters")
            found[str(parameter.get("in")), str(parameter.get("name"))] = parameter
    for (place, name), parameter in found.items():
        if place != "cookie" and not (place == "header" and name.lower() in _NOT_GIVEN):
            yield parameter


def _schema_of(holder: JsonObject, document: JsonObject) -> JsonObject:
    """Return the standard schema of a parameter, a body or a response; empty where it has none in JSON."""
    schema = holder.get("schema")
    if schema is None:
        content = object_at(holder, "content")
        media = next((content[name] for name in content if _BODIES.match(name)), None)
        schema = media.get("schema") if isinstance(media, dict) else None
    return standard_schema(schema, document) if schema is not None else {}


def _described(schema: JsonObject, description: Json) -> JsonObject:
    return {**schema, "description": str(description)} if description else schema


def _response(operation: JsonObject, document: JsonObject) -> JsonObject:
    """Return what the first successful response holds."""
    responses = object_at(operation, "responses")
    for code in sorted(code for code in responses if code.startswith("2")):
        schema = _schema_of(_deref(responses[code], document, f"responses/{code}"), document)
        if schema:
            return told_outputs(schema)
    return {}


def _errors(operation: JsonObject, document: JsonObject) -> Iterator[str]:
    for code, source in object_at(operation, "responses").items():
        if code.startswith("4"):
            said = " ".join(str(_deref(source, document, f"responses/{code}").get("description") or "").split())
            yield f"{code}: {said[:120]}"


def _deref(source: Json, document: JsonObject, where: str) -> JsonObject:
    """Return what stands there, or what its reference points at; empty where nothing does.

    :raises ValueError: for a reference that leads out of the file or nowhere.
    """
    for _ in range(_REFERENCES):
        if not isinstance(source, dict):
            return {}
        reference = source.get("$ref")
        if not isinstance(reference, str):
            return source
        if not reference.startswith("#"):
            raise ValueError(
                f"{where} refers to {reference[:80]!r}, outside of the file; bundle it into one file first"
            )
        try:
            source = resolve(document, reference[1:].replace("%7B", "{").replace("%7D", "}"))
        except LookupError as error:
            raise ValueError(f"{where} refers to {reference[:80]!r}, which is not there") from error
    raise ValueError(f"{where} refers to itself")
