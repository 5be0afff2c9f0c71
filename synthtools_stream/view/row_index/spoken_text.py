"""What is said in a row, and by whom: the text that a search looks through, role by role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import orjson

from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.row_index.filter_columns import opened
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["ROLES", "spoken"]

ROLES = ("user", "assistant", "reasoning", "tool", "system", "other")
"""Who can say something; `other` is nobody: names, descriptions, reasons."""


class _Said(NamedTuple):
    role: str
    text: Json


def spoken(kind: ShownKind, row: JsonObject) -> dict[str, str]:
    """Return all that each role says in a row; who says nothing is left out."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for role, text in (_Said("other", row.get("id")), *_SPEAKERS[kind](row)):
        if text:
            texts[role].append(text if isinstance(text, str) else orjson.dumps(text).decode())
    return {role: "\n".join(parts) for role, parts in texts.items()}


def _of_environment(row: JsonObject) -> Iterator[_Said]:
    for name in ("field", "subfield", "scenario", "blueprint"):
        yield _Said("other", row.get(name))


def _of_tool(row: JsonObject) -> Iterator[_Said]:
    for name in ("tool_name", "tool", "program", "setting"):
        yield _Said("other", row.get(name))
    yield _Said("tool", row.get("probes"))


def _of_task(row: JsonObject) -> Iterator[_Said]:
    yield _Said("user", row.get("summary"))
    for step in _objects(row, "steps"):
        yield _Said("user", step.get("turn"))
        yield _Said("tool", step.get("response"))
    calls = opened(row, "gt_tool_calls")
    for call in calls if isinstance(calls, list) else ():
        yield _Said("assistant", call)
    for tool in _objects(row, "tools"):
        yield _Said("other", tool.get("tool_name"))


def _of_attempt(row: JsonObject) -> Iterator[_Said]:
    for message in _objects(row, "messages"):
        named = message.get("role")
        role = next((known for known in ROLES if known == named), "other")
        yield _Said(role, message.get("content"))
        yield _Said("reasoning", message.get("reasoning") or message.get("reasoning_content"))
        for call in _calls(message):
            yield _Said(role, call)
    judge = opened(row, "judge")
    yield _Said("other", judge.get("reasoning") if isinstance(judge, dict) else None)


def _calls(message: JsonObject) -> Iterator[Json]:
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            yield function.get("name")
            yield function.get("arguments")


def _of_reject(row: JsonObject) -> Iterator[_Said]:
    for name in ("stage", "reason", "detail", "evidence"):
        yield _Said("other", row.get(name))


def _objects(row: JsonObject, name: str) -> Iterator[JsonObject]:
    value = opened(row, name)
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


_SPEAKERS: Mapping[ShownKind, Callable[[JsonObject], Iterator[_Said]]] = {
    ShownKind.environments: _of_environment,
    ShownKind.tools: _of_tool,
    ShownKind.tasks: _of_task,
    ShownKind.attempts: _of_attempt,
    ShownKind.rejects: _of_reject,
}
