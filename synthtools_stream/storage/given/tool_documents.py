"""A file of tools into the APIs that environments are made of; what is wrong with it is said in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import orjson
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from synthtools_stream.errors import UsageError
from synthtools_stream.records.given_api import GivenApi, GivenTool
from synthtools_stream.storage.given.mcp_tool_list import listed_tools
from synthtools_stream.storage.given.openapi_operations import operations
from synthtools_stream.values.jsontypes import Json, object_at
from synthtools_stream.values.slugs import field_slugs

__all__ = ["read_apis"]

MOST_TOOLS = 20
"""Tools of an environment, as of our own blueprints: more are not kept apart by whoever plans with them."""
_LEAST_TOOLS = 5
"""Tools below which a part of an API joins the next one: of fewer, hardly any chains can be made."""
_DESCRIPTION = 600
"""Characters of an API's description that are taken: what it is about stands at the beginning."""


class _Document(NamedTuple):
    """What a file holds."""

    title: str
    description: str
    tools: list[tuple[str, GivenTool]]
    """Each with its part of the API."""


def read_apis(paths: Sequence[Path]) -> list[GivenApi]:
    """Return the APIs of files, in parts of as many tools as an environment can have.

    :raises UsageError: for the first file that cannot be read, or holds no tools, with what to do.
    """
    documents = [_document(path) for path in paths]
    slugs = field_slugs(document.title for document in documents)
    if len(slugs) < len(documents):
        raise UsageError("two of the files have one title, so their environments could not be told apart; rename one")
    return [api for document in documents for api in _apis(document, slugs[document.title])]


def _apis(document: _Document, slug: str) -> Iterator[GivenApi]:
    for number, (part, tools) in enumerate(_parts(document.tools)):
        yield GivenApi(
            id=f"{slug}_spec_{number:03d}",
            title=document.title,
            part=part,
            description=document.description,
            tools=tools,
        )


def _parts(tools: Sequence[tuple[str, GivenTool]]) -> Iterator[tuple[str, list[GivenTool]]]:
    """Yield parts of the API that fit an environment: small ones joined, large ones cut evenly."""
    ranks = {part: rank for rank, part in enumerate(dict.fromkeys(part for part, _ in tools))}
    ordered = sorted(tools, key=lambda item: ranks[item[0]])
    names: list[str] = []
    open_: list[GivenTool] = []
    for part, members in groupby(ordered, key=lambda item: item[0]):
        own = [tool for _, tool in members]
        if open_ and (len(open_) >= _LEAST_TOOLS or len(open_) + len(own) > MOST_TOOLS):
            yield from _cut(names, open_)
            names, open_ = [], []
        names.append(part)
        open_ += own
    yield from _cut(names, open_)


def _cut(names: Sequence[str], tools: list[GivenTool]) -> Iterator[tuple[str, list[GivenTool]]]:
    pieces = -(-len(tools) // MOST_TOOLS)
    size = -(-len(tools) // pieces)
    for start in range(0, len(tools), size):
        yield ", ".join(filter(None, names)), tools[start : start + size]


def _document(path: Path) -> _Document:
    held = _parsed(path)
    try:
        return _understood(path, held)
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error


def _understood(path: Path, held: Json) -> _Document:
    """Tell what kind of document it is.

    :raises ValueError: when it is none that we know, or is wrong.
    """
    if isinstance(held, dict) and "openapi" in held:
        info = object_at(held, "info")
        title, about = str(info.get("title") or path.stem).strip(), str(info.get("description") or "")
        tools = list(operations(held))
    else:
        title, about, tools = path.stem.replace("_", " ").replace("-", " "), "", [("", tool) for tool in _listed(held)]
    if not tools:
        raise ValueError("holds no tools; an OpenAPI document needs `paths`, a list of tools `tools`")
    names = [given.tool.tool_name for _, given in tools]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two tools are called {twice!r}; give each a name (`operationId`) of its own")
    return _Document(" ".join(title.split())[:120], about[:_DESCRIPTION], tools)


def _listed(held: Json) -> list[GivenTool]:
    if isinstance(held, dict) and "swagger" in held:
        raise ValueError(f"is Swagger {held['swagger']}; convert it to OpenAPI 3 (`npx swagger2openapi`) and give that")
    found: Json = held
    if isinstance(held, dict):
        found = object_at(held, "result").get("tools", held.get("tools"))
    if not isinstance(found, list):
        raise ValueError("is neither an OpenAPI 3 document (no `openapi`) nor a list of tools (no `tools`)")
    return listed_tools(found)


def _parsed(path: Path) -> Json:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file of tools") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text (byte {error.start})") from error
    if text.lstrip()[:1] in ("{", "[") or path.suffix == ".json":
        try:
            value: Json = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise UsageError(f"{path}: is not valid JSON: {error}") from error
        return value
    return _yaml(path, text)


class _Plain(SafeConstructor):
    """YAML as JSON has it: dates stay the texts that they are in a schema."""


_Plain.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def _yaml(path: Path, text: str) -> Json:
    reader = YAML(typ="safe", pure=True)  # YAML 1.2, in which `no` is a text
    reader.Constructor = _Plain
    try:
        held: object = reader.load(text)
        value: Json = orjson.loads(orjson.dumps(held, option=orjson.OPT_NON_STR_KEYS))  # responses are keyed by numbers
    except MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise UsageError(f"{path}: is not valid YAML{line}: {error.problem}") from error
    except (YAMLError, orjson.JSONEncodeError, RecursionError) as error:
        raise UsageError(f"{path}: is not valid YAML: {' '.join(str(error).split())[:200]}") from error
    return value
