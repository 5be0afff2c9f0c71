"""The shape of a right answer."""

from __future__ import annotations

import pytest

from synthtools_stream.asking.answer_shape import answer_shape
from synthtools_stream.roles.generation_roles import BLUEPRINT
from synthtools_stream.roles.rollout_roles import AGENT_JSON
from synthtools_stream.roles.simulator_role import SIMULATOR
from synthtools_stream.values.jsontypes import JsonObject


def test_an_action() -> None:
    """Keys stand in order, choices as they are written, what may be absent as null."""
    assert answer_shape(AGENT_JSON.schema) == (
        '{"reasoning": text, "action": "call" or "final", "tool_name": text or null, "arguments": {…} or null,'
        ' "message": text or null, "answers": {…} or null}'
    )


def test_nested_answers() -> None:
    """Lists and what they refer to are shown once, in one line."""
    shape = answer_shape(SIMULATOR.schema)
    assert '"status_code": 200 or 400 or 401' in shape
    assert '"changes": [{"op": "create" or "update" or "delete", "collection": text,' in shape
    assert '"effects": {"reads": [text, …], "writes": [text, …]}' in answer_shape(BLUEPRINT.schema)
    assert "\n" not in shape


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ({}, "any value"),
        ({"type": ["string", "null"]}, "any value"),
        ({"const": 3}, "3"),
        (
            {"$ref": "#/$defs/A", "$defs": {"A": {"type": "array", "items": {"$ref": "#/$defs/A"}}}},
            "[" * 8 + "…" + ", …]" * 8,
        ),
    ],
)
def test_odd_schemas(schema: JsonObject, shape: str) -> None:
    """Whatever a schema says, the shape ends."""
    assert answer_shape(schema) == shape
