"""Tools as other people write them: what is read of each dialect, and what then passes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from synthtools_stream.records import Tool
from synthtools_stream.storage.datasets.foreign_tools import adopt_tool
from synthtools_stream.toolcalls import Call, check_call, openai_function
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import proven

PERSON: JsonObject = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
TREE: JsonObject = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "below": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
    "required": ["name"],
}


def tool(schema: Any, key: str = "parameters") -> Tool:
    """Return somebody's tool whose arguments are described so."""
    return adopt_tool({"name": "T", "description": "Does it.", key: schema})


def of(spec: Any, **root: Any) -> Tool:
    """Return a tool with one required parameter."""
    return tool({"type": "object", "properties": {"x": spec}, "required": ["x"], **root})


def problems(adopted: Tool, **arguments: Any) -> list[str]:
    """Return what is wrong with a call."""
    return check_call(Call("T", arguments), adopted)


@pytest.mark.parametrize(
    ("spec", "kind", "good", "bad"),
    [
        ({"type": "dict"}, "object", {"a": 1}, "x"),
        ({"type": "dict", "properties": {"unit": {"type": "any"}}}, "object", {"unit": 3}, {"mass": 1}),
        ({"type": "tuple", "items": {"type": "float"}}, "array", [1, 2.5], ["x"]),
        ({"type": "STRING"}, "string", "x", 1),
        ({"type": "List[int]"}, "array", [1], ["x"]),
        ({"type": "str, optional"}, "string", "x", 1),
        ({"type": "Union[int, str]"}, "any", "x", [1]),
        ({"type": "ArrayList<String>"}, "array", ["x"], [1]),
        ({"type": "integer | null"}, "integer", None, "x"),
        ({"type": ["boolean", "null"]}, "boolean", None, "x"),
        ({"type": ["array", "string"], "items": {"type": "integer"}}, "any", [1], ["x"]),
        ({"type": "string", "nullable": True, "enum": ["a"]}, "string", None, "b"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer", None, "x"),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, "any", 1.5, True),
        ({"oneOf": [{"type": "string", "maxLength": 2}, PERSON]}, "any", {"age": 1}, "xyz"),
        ({"allOf": [{"$ref": "#/$defs/Cabin"}], "default": "eco"}, "string", "biz", "first"),
        (
            {"allOf": [PERSON, {"properties": {"pet": {"type": "string"}}}]},
            "object",
            {"age": 1, "pet": "x"},
            {"pet": "x"},
        ),
        ({"$ref": "#/$defs/Person"}, "object", {"age": 1}, {"age": "x"}),
        ({"$ref": "#/$defs/Tree"}, "object", {"name": "a", "below": [{"name": "b"}]}, {"name": "a", "below": [{}]}),
        ({"enum": [0, 1, "max", None]}, "any", None, "min"),
        ({"enum": [1, 2]}, "integer", 2, 3),
        ({"const": "on"}, "string", "on", "off"),
        ({"type": "integer", "exclusiveMinimum": 0}, "integer", 1, 0),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, "integer", 1, 0),
        ({"type": "string", "format": "date"}, "string", "2026-04-23", "23 April 2026"),
        ({"type": ["string", "null"], "format": "date", "minLength": 1}, "string", "2026-04-23", "2026-02-30"),
        ({"type": "string", "pattern": "^a+$"}, "string", "aa", "b"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "object", {"a": 1}, {"a": "x"}),
        ({"type": "array", "items": [{"type": "string"}, {"type": "integer"}]}, "array", ["a", 1], [1, 1]),
        ({"type": "array", "items": {"type": "string"}, "enum": ["a", "b"]}, "array", ["a"], ["c"]),
        ({"properties": {"a": {"type": "integer", "required": True}}}, "object", {"a": 1}, {}),
        ({"if": {"type": "string"}, "then": {"minLength": 2}}, "any", "ab", "a"),
    ],
    ids=str,
)
def test_dialects_are_read(spec: JsonObject, kind: str, good: Any, bad: Any) -> None:
    """Each way to write a parameter has a type of ours, passes what fits, refuses what does not and names it."""
    cabin: JsonObject = {"type": "string", "enum": ["eco", "biz"]}
    adopted = of(spec, **{"$defs": {"Person": PERSON, "Tree": TREE, "Cabin": cabin}})
    assert adopted.parameters["x"].type == kind
    assert problems(adopted, x=good) == []
    found = problems(adopted, x=bad)
    assert found
    assert all("'x" in problem for problem in found)


@pytest.mark.parametrize("spec", [{}, True, {"type": "any"}, {"description": "Whatever."}, {"$ref": "http://a/b.json"}])
def test_what_names_no_type_takes_everything(spec: Any) -> None:
    """Neither strings only nor nothing at all: any value passes, and the wire says no type."""
    adopted = of(spec)
    assert adopted.parameters["x"].type == "any"
    values: list[Any] = ["a", 1, 1.5, True, [1], {"a": []}]
    assert not any(problems(adopted, x=value) for value in values)
    function: Any = openai_function(adopted)["function"]
    assert "type" not in function["parameters"]["properties"]["x"]


@pytest.mark.parametrize("schema", [{"type": "object"}, {"type": "object", "properties": None}, {}, None, True])
def test_no_parameters_are_none(schema: Any) -> None:
    """A bare object is a tool without parameters: no parameter is called `type`."""
    adopted = tool(schema)
    assert adopted.parameters == {}
    assert problems(adopted) == []
    assert problems(adopted, x=1)


def test_open_arguments_are_open() -> None:
    """Who says that more arguments may come gets them; what is said of them is checked."""
    adopted = tool({"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "integer"}})
    assert problems(adopted, a="x", b=1) == []
    assert problems(adopted, b="x") == ['arguments.b: "x" is not of type "integer"']


def test_alternatives_of_all_arguments() -> None:
    """Either of two is wanted: both are parameters, and a call with neither is refused."""
    either: JsonObject = {"anyOf": [{"required": ["city"]}, {"required": ["zip"]}]}
    adopted = tool({"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}, **either})
    assert problems(adopted, city="Oslo") == []
    assert problems(adopted)
    branches = [{"type": "object", "properties": {name: {"type": "string"}}, "required": [name]} for name in "ab"]
    adopted = tool({"oneOf": branches})
    assert sorted(adopted.parameters) == ["a", "b"]
    assert problems(adopted, a="x") == []
    assert problems(adopted, a="x", b="y")


@pytest.mark.parametrize(
    "source",
    [
        {"type": "function", "function": {"name": "T", "parameters": PERSON}},
        {"type": "function", "name": "T", "parameters": PERSON},
        {"name": "T", "inputSchema": PERSON},
        {"name": "T", "input_schema": PERSON},
        {"toolSpec": {"name": "T", "inputSchema": {"json": PERSON}}},
        {"name": "T", "parameters": '{"type": "object", "properties": {"age": {"type": "int"}}, "required": "age"}'},
        {"name": "T", "parameters": [{"name": "age", "type": "int", "required": True}]},
        {"name": "T", "parameters": {"age": {"type": "int", "required": True}, "name": None}},
        '{"name": "T", "parameters": {"properties": {"age": {"type": "integer", "required": true}}}}',
    ],
    ids=["openai", "responses", "mcp", "anthropic", "bedrock", "text", "list", "ours, of a table", "all text"],
)
def test_wrappings_are_read(source: Any) -> None:
    """Wherever the arguments are described, they are found."""
    adopted = adopt_tool(source)
    assert [(name, spec.type, spec.required) for name, spec in adopted.parameters.items()] == [("age", "integer", True)]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ({"name": "T", "parameters": {"a": {"type": "blob"}}}, "tool 'T', parameter 'a': there is no type 'blob'"),
        ({"name": "T", "parameters": {"a": {"enum": 5}}}, "tool 'T', parameter 'a': its enum is not a list"),
        ({"name": "T", "parameters": {"a": 5}}, "tool 'T', parameter 'a': its schema is not an object"),
        (
            {"name": "T", "inputSchema": {"type": "object", "properties": {"a": {"pattern": "("}}}},
            "parameter 'a': its sch",
        ),
        (
            {"name": "T", "parameters": [{"type": "string"}]},
            "tool 'T', its list of parameters holds one without a name",
        ),
        ({"parameters": {}}, "tool_name: must be text"),
    ],
)
def test_what_cannot_be_read_is_named(source: Any, line: str) -> None:
    """In words of the tool and its parameter, not of our classes."""
    with pytest.raises(ValueError, match=re.escape(line)) as caught:
        adopt_tool(source)
    assert "Parameter" not in str(caught.value)


def test_schema_goes_out_as_it_came() -> None:
    """What our parameters cannot say is offered to the agent in full."""
    spec: JsonObject = {"anyOf": [{"type": "number"}, {"type": "string"}], "description": "A price."}
    function: Any = openai_function(of(spec))["function"]
    assert function["parameters"]["properties"]["x"] == spec
    assert adopt_tool(of(spec).to_json()) == of(spec)


def test_endless_schemas_end() -> None:
    """References in a circle, and bombs of them, are read in bounded time."""
    bomb: JsonObject = {
        f"A{level}": {"properties": {key: {"$ref": f"#/$defs/A{level + 1}"} for key in "abcd"}} for level in range(20)
    }
    of({"$ref": "#/$defs/A0"}, **{"$defs": bomb})
    of({"$ref": "#/$defs/B"}, **{"$defs": {"B": {"$ref": "#/$defs/B"}}})
    of({"$ref": "#"})


def test_our_own_stay_as_they_are() -> None:
    """A tool of ours is read without a schema."""
    for own in proven().tools:
        assert adopt_tool(own.to_json()) == own
