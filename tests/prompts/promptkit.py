"""The prompts as tests read them: their roles, their static texts and the JSON of their examples."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias, cast

import orjson

from synthtools_stream import roles as role_package
from synthtools_stream.records import EntityType, Tool
from synthtools_stream.records.record import Record
from synthtools_stream.roles.role import Role
from synthtools_stream.values.jsontypes import Json, JsonObject

AnyRole: TypeAlias = Role[Record, Record]

DIRECTORY = Path(__file__).parents[2] / "prompts"
MARK = "=== input ===\n"


def _roles() -> Iterator[AnyRole]:
    for module in pkgutil.iter_modules(role_package.__path__, f"{role_package.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Role):
                yield cast("AnyRole", value)


ROLES: dict[str, AnyRole] = {role.name: role for role in _roles()}
JSON_ROLES = [name for name in ROLES if name != "agent_native"]  # its answer is the message itself


def source(name: str) -> str:
    return (DIRECTORY / f"{name}.md").read_text(encoding="utf-8")


def parts(name: str) -> tuple[str, str]:
    static, mark, tail = source(name).partition(MARK)
    assert mark, f"{name}: no line {MARK!r}"
    return static, tail


def blocks(name: str, heading: str) -> list[JsonObject]:
    """Return the JSON blocks that stand below headings of a kind."""
    sections = re.split(r"^## ", parts(name)[0], flags=re.MULTILINE)[1:]
    chosen = [section for section in sections if section.startswith(heading)]
    found = [block for section in chosen for block in re.findall(r"```json\n(.*?)\n```", section, re.DOTALL)]
    return [cast("JsonObject", orjson.loads(block)) for block in found]


def first(name: str, heading: str = "Good") -> JsonObject:
    return blocks(name, heading)[0]


STATUS: JsonObject = {"name": "status", "type": "string", "enum": ["available", "in_repair", "lent"]}
LOAN: list[Json] = [
    {"name": "costume_id", "type": "string", "references": "costumes"},
    {"name": "borrower", "type": "string"},
    {"name": "status", "type": "string"},
    {"name": "due_date", "type": "string", "format": "date"},
    {"name": "returned_on", "type": "string", "format": "date"},
]
COSTUME_TYPES = [
    EntityType.from_json({"name": "costume", "collection": "costumes", "id_prefix": "CO-", "attributes": [STATUS]}),
    EntityType.from_json({"name": "loan", "collection": "loans", "id_prefix": "LO-", "attributes": LOAN}),
]
LEND_COSTUME = Tool.from_json(
    {
        "tool_name": "LendCostume",
        "tool_description": "Lends a costume whose status is available.",
        "error_messages": ["NotAvailable: the costume's status is not available; choose one that is"],
        "usage": "Creates a loan with status open. Also sets the costume's status to lent.",
        "output_details": {name: {"type": "string"} for name in ("loan_id", "costume_id", "due_date")},
        "effects": {"reads": [], "writes": ["costumes", "loans"]},
    }
)

FARRIER_RESPONSE: JsonObject = {"horses": [{"horse_id": "HO-1006", "name": "Tarka"}], "match_count": 1}
BOOK_VISIT = Tool.from_json(
    {
        "tool_name": "BookVisit",
        "tool_description": "",
        "parameters": {
            "send_reminder": {"type": "boolean"},
            "duration_hours": {"type": "float", "description": "How long, in hours."},
        },
    }
)
