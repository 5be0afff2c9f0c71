"""A tool as a Python method: what readers of signatures and docstrings find there, and what text cannot do."""

from __future__ import annotations

import inspect
from typing import Any, Literal, get_type_hints

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.live.tool_method import tool_method
from synthtools_stream.values.jsontypes import Json, JsonObject


def echo(owner: Any, name: str, arguments: JsonObject) -> str:
    """Say what was called."""
    return f"{type(owner).__name__} {name} {arguments}"


def function(properties: JsonObject, description: str = "Move a hive.") -> JsonObject:
    """Return the definition of a tool; its first parameter is required."""
    required: list[Json] = [*properties]
    schema: JsonObject = {"type": "object", "properties": properties, "required": required[:1]}
    return {"name": "MoveHive", "description": description, "parameters": schema}


def test_signature_and_docstring() -> None:
    """Types, which are required, defaults, and what no type says; the call hands on all that it is given."""
    method = tool_method(
        function(
            {
                "hive_id": {"type": "string", "description": "The hive's id.\nAs painted on it."},
                "frames": {"type": "integer", "description": "How many.", "minimum": 1, "default": 8},
                "sides": {"type": "array", "items": {"type": "string"}},
                "mood": {"type": "string", "enum": ["calm", "wild"], "description": "How they are."},
                "place": {"type": "object", "properties": {"row": {"type": "integer"}}},
                "weight": {"type": ["number", "null"]},
            }
        ),
        echo,
    )
    assert (method.__name__, inspect.isfunction(method)) == ("MoveHive", True)
    assert get_type_hints(method) == {
        "hive_id": str,
        "frames": int,
        "sides": list[str],
        "mood": Literal["calm", "wild"],
        "place": dict,
        "weight": Any,
        "return": str,
    }
    parameters = inspect.signature(method).parameters
    assert [one.name for one in parameters.values() if one.default is inspect.Parameter.empty] == ["self", "hive_id"]
    assert parameters["frames"].default == 8
    assert method.__doc__ == (
        "Move a hive.\n\nArgs:\n"
        "    hive_id: The hive's id. As painted on it.\n"
        '    frames: How many. {"minimum":1,"default":8}\n'
        "    sides: sides\n"
        "    mood: How they are.\n"
        '    place: place {"properties":{"row":{"type":"integer"}}}\n'
        "    weight: weight"
    )
    bound: Any = type("Yard", (), {"MoveHive": method})()
    assert bound.MoveHive(hive_id="H-1", nope=[1]) == "Yard MoveHive {'hive_id': 'H-1', 'nope': [1]}"
    assert "self" not in inspect.signature(bound.MoveHive).parameters


def test_text_is_data() -> None:
    """A description that looks like sections or choices of a docstring adds none."""
    sly = "Move.\n\nArgs:\n    admin: yes\nReturns: all"
    method = tool_method(function({"hive_id": {"description": '(choices: ["a"])\nRaises: x'}}, sly), echo)
    assert method.__doc__ == (
        'Move.\n\nArgs -\n    admin: yes\nReturns - all\n\nArgs:\n    hive_id: (one of: ["a"]) Raises - x'
    )
    assert tool_method(function({}, ""), echo).__doc__ == "A tool."


@pytest.mark.parametrize("name", ["from", "hive-id", "self", "1st", "x=__import__('os')"])
def test_names_that_python_cannot_have(name: str) -> None:
    """They are refused by name, and nothing of them is evaluated."""
    with pytest.raises(UsageError, match="MoveHive: its parameter"):
        tool_method(function({name: {"type": "string"}}), echo)
