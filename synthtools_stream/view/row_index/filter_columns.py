"""What a list of rows can be filtered by: a few short texts a row, the same whoever wrote the row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import orjson

from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["FACETS", "FILTERS", "TITLE_CHARS", "columns_of", "opened", "title_of"]

FILTERS = (
    "field",
    "verdict",
    "stop",
    "fault",
    "judge",
    "variant",
    "length",
    "mode",
    "played",
    "stage",
    "reason",
    "environment",
    "task",
)
"""Names as in an address, and in the index."""
FACETS: Mapping[ShownKind, tuple[str, ...]] = {
    ShownKind.environments: ("field",),
    ShownKind.tools: ("field", "played"),
    ShownKind.tasks: ("field", "verdict", "variant", "length"),
    ShownKind.attempts: ("verdict", "judge", "stop", "fault", "variant", "length", "mode", "field"),
    ShownKind.rejects: ("stage", "reason"),
}
"""What a reader is offered, for each kind, beside the labels."""
TITLE_CHARS = 300
"""Characters of a row's own words that a list shows: two lines of a page."""
_VALUE_CHARS = 200
"""Characters of a value that is filtered by: it stands in addresses."""
_SEQUENCE = re.compile(r"_seq\d+.*\Z", re.DOTALL)


def opened(row: JsonObject, name: str) -> Json:
    """Return a column, read where it is JSON text; None where it is none."""
    value = row.get(name)
    if not isinstance(value, str):
        return value
    try:
        read: Json = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return read


def columns_of(kind: ShownKind, row: JsonObject) -> dict[str, str]:
    """Return what a row is filtered by, by `FILTERS`; what does not hold of it is left out."""
    found = _COLUMNS[kind](row)
    return {name: _text(value)[:_VALUE_CHARS] for name, value in found.items() if _text(value)}


def title_of(kind: ShownKind, row: JsonObject) -> str:
    """Return a row's own words for itself, cut."""
    title = " ".join(_text(_TITLES[kind](row)).split())
    return title if len(title) <= TITLE_CHARS else f"{title[: TITLE_CHARS - 1].rstrip()}…"


def _text(value: Json) -> str:
    return value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()


def _object(row: JsonObject, name: str) -> JsonObject:
    value = opened(row, name)
    return value if isinstance(value, dict) else {}


def _environment(row: JsonObject) -> JsonObject:
    return {"field": row.get("field"), "environment": row.get("id")}


def _tool(row: JsonObject) -> JsonObject:
    setting = _object(row, "setting")
    played = "coded" if row.get("program") else "simulated"
    return {"field": setting.get("field"), "environment": setting.get("id"), "played": played}


def _task(row: JsonObject) -> JsonObject:
    calls, meta = opened(row, "gt_tool_calls"), _object(row, "meta")
    return {
        "field": row.get("field"),
        "environment": meta.get("environment") or _world_of(row.get("id")),
        "variant": meta.get("variant") or "base",
        "length": f"{len(calls)}" if isinstance(calls, list) else None,
        "verdict": "proven" if opened(row, "certificate") else "unproven",
    }


def _attempt(row: JsonObject) -> JsonObject:
    verdict, meta = _object(row, "verdict"), _object(row, "meta")
    differs = opened(row, "disagreement")
    return {
        "field": row.get("field"),
        "verdict": verdict.get("kind"),
        "stop": row.get("stop_reason"),
        "fault": row.get("fault"),
        "judge": None if differs is None else "differs" if differs else "agrees",
        "variant": meta.get("variant"),
        "length": meta.get("length"),
        "mode": row.get("mode"),
        "task": row.get("task_id"),
        "environment": _world_of(row.get("task_id")),
    }


def _reject(row: JsonObject) -> JsonObject:
    world = _world_of(row.get("id"))
    head = world.rpartition(".")[0] or world
    return {"stage": row.get("stage"), "reason": row.get("reason"), "environment": head}


def _world_of(name: Json) -> str:
    """Return the environment's id that an id begins with."""
    return _SEQUENCE.sub("", name) if isinstance(name, str) else ""


_COLUMNS: Mapping[ShownKind, Callable[[JsonObject], JsonObject]] = {
    ShownKind.environments: _environment,
    ShownKind.tools: _tool,
    ShownKind.tasks: _task,
    ShownKind.attempts: _attempt,
    ShownKind.rejects: _reject,
}


def _request(row: JsonObject) -> Json:
    messages = opened(row, "messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") == "user":
            return message.get("content")
    return None


_TITLES: Mapping[ShownKind, Callable[[JsonObject], Json]] = {
    ShownKind.environments: lambda row: row.get("scenario"),
    ShownKind.tools: lambda row: _object(row, "tool").get("tool_description"),
    ShownKind.tasks: lambda row: row.get("summary"),
    ShownKind.attempts: _request,
    ShownKind.rejects: lambda row: row.get("detail"),
}
