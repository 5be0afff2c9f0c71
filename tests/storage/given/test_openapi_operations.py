"""Operations of an OpenAPI document as tools: names and schemas to the letter, references in place."""

from __future__ import annotations

import pytest

from synthtools_stream.records import GivenTool
from synthtools_stream.storage.given.openapi_operations import operations
from synthtools_stream.values.jsontypes import Json, JsonObject

PET: JsonObject = {
    "type": "object",
    "required": ["name", "id"],
    "properties": {
        "id": {"type": "string", "readOnly": True},
        "name": {"type": "string", "pattern": "^[A-Z]"},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
    },
}
REFERRED: JsonObject = {"$ref": "#/components/schemas/Pet"}


def given(method: str = "post", path: str = "/pets/{petId}", shared: Json = None, **operation: Json) -> GivenTool:
    """Return the tool of one operation."""
    item: JsonObject = {method: operation, "parameters": shared or []}
    document: JsonObject = {"openapi": "3.0.3", "paths": {path: item}, "components": {"schemas": {"Pet": PET}}}
    ((_, tool),) = operations(document)
    return tool


def json_body(schema: Json, **more: Json) -> JsonObject:
    """Return a body, or a response, of that schema."""
    return {"content": {"application/json; charset=utf-8": {"schema": schema}}, **more}


def test_names_and_texts() -> None:
    """An operation keeps its id; without one it is called by method and path; its errors are told beside."""
    tool = given(
        operationId="add-pet",
        summary="Add a pet",
        description="Needs a name.",
        responses={"404": {"description": "None"}},
    )
    assert (tool.tool.tool_name, tool.tool.tool_description) == ("add-pet", "Add a pet.\nNeeds a name.")
    assert (tool.told, tool.reads_only) == ("POST /pets/{petId}; 404: None", None)
    unnamed = given("get")
    assert (unnamed.tool.tool_name, unnamed.reads_only) == ("get_pets_petId", True)


def test_parameters_and_body_side_by_side() -> None:
    """Path, query and the properties of a body lie in one schema; who calls is left out, and what only answers hold."""
    shared: Json = [
        {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Which pet."},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
        {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
    ]
    own: Json = [
        {"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}, "description": "The pet."}
    ]
    tool = given(shared=shared, parameters=own, requestBody=json_body(REFERRED)).tool
    assert {name: part.required for name, part in tool.parameters.items()} == {
        "petId": True,
        "name": True,
        "tags": False,
    }
    assert tool.parameters["petId"].description == "The pet."
    assert tool.parameters["name"].json_schema == {"type": "string", "pattern": "^[A-Z]"}


@pytest.mark.parametrize(
    "schema",
    [{"type": "array", "items": REFERRED}, {"oneOf": [REFERRED, {"type": "object", "properties": {"a": {}}}]}],
)
def test_other_bodies_stay_whole(schema: Json) -> None:
    """A body that is no plain object is one parameter, with its schema to the letter where ours cannot say it."""
    tool = given(requestBody=json_body(schema, required=True)).tool
    assert (list(tool.parameters), tool.parameters["body"].required) == (["body"], True)
    assert tool.parameters["body"].json_schema is not None


def test_clashing_names_keep_the_body_whole() -> None:
    """Where a parameter has a name of the body's, neither hides the other."""
    tool = given(
        parameters=[{"name": "name", "in": "query", "schema": {"type": "string"}}], requestBody=json_body(REFERRED)
    ).tool
    assert list(tool.parameters) == ["name", "body"]


def test_outputs_name_their_keys() -> None:
    """The first good response says what is told; nested keys stand in the description, and a list is one result."""
    found = given(responses={"201": json_body(REFERRED)}).tool.output_details
    assert list(found) == ["id", "name", "tags"]
    assert found["tags"].description == "tags: id."
    listed = given(responses={"200": json_body({"type": "array", "items": REFERRED, "description": "All pets"})}).tool
    assert (listed.output_details["result"].type, listed.output_details["result"].description) == (
        "array",
        "All pets: id, name, tags.",
    )


def test_deprecated_operations_are_left_out() -> None:
    """What should no longer be called is no tool."""
    document: JsonObject = {"openapi": "3.0.0", "paths": {"/a": {"get": {"deprecated": True}, "x-note": 1}}}
    assert not list(operations(document))
