"""Files of tools: what kind they are, how they are parted into environments, and what is wrong, in one line."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.given.tool_documents import MOST_TOOLS, read_apis
from synthtools_stream.values.jsontypes import Json, JsonObject

DATA = Path("tests/data/given")


def document(**tags: int) -> JsonObject:
    """Return an API with so many operations under each tag."""
    paths: JsonObject = {
        f"/{tag}/{number}": {"get": {"operationId": f"{tag}{number}", "tags": [tag]}}
        for tag, count in tags.items()
        for number in range(count)
    }
    return {"openapi": "3.1.0", "info": {"title": "Big API"}, "paths": paths}


def write(path: Path, value: Json) -> Path:
    """Write a JSON file."""
    path.write_bytes(orjson.dumps(value))
    return path


def test_openapi_and_list() -> None:
    """An OpenAPI document is called by its title, a list of tools by its file."""
    kites, mail = read_apis([DATA / "kites.yaml", DATA / "mail.json"])
    assert (kites.id, kites.title, kites.description) == (
        "kite_rental_spec_000",
        "Kite Rental",
        "Rents kites to clubs on a beach.",
    )
    assert [given.tool.tool_name for given in kites.tools][:3] == ["listKites", "createKite", "getKite"]
    assert (mail.id, [given.tool.tool_name for given in mail.tools]) == (
        "mail_spec_000",
        ["search_messages", "mail.send"],
    )


def test_parts_fit_environments(tmp_path: Path) -> None:
    """Small parts join the next one, large ones are cut evenly, and nothing is lost or stands twice."""
    (whole,) = [read_apis([write(tmp_path / "a.json", document(pets=2, shops=4, users=3, orders=43))])]
    assert [(api.part, len(api.tools)) for api in whole] == [
        ("pets, shops", 6),
        ("users", 3),
        ("orders", 15),
        ("orders", 15),
        ("orders", 13),
    ]
    assert [api.id for api in whole] == [f"big_api_spec_{number:03d}" for number in range(5)]
    assert max(len(api.tools) for api in whole) <= MOST_TOOLS


YAML = "openapi: 3.0.0\npaths: {/a: {get: {operationId: a, responses: {200: {description: ok}}, parameters: ["
NORWAY = YAML + "{name: land, in: query, schema: {type: string, enum: [no, se], default: 2024-05-01}}]}}}\n"


def test_yaml_is_read_as_json(tmp_path: Path) -> None:
    """`no` is a country, a date is a text, and a status may be a number."""
    path = tmp_path / "a.yml"
    path.write_text(NORWAY)
    (api,) = read_apis([path])
    land = api.tools[0].tool.parameters["land"]
    assert (land.enum, land.default) == (["no", "se"], "2024-05-01")


LEADING_OUT: JsonObject = {"openapi": "3.0.0", "paths": {"/a": {"get": {"parameters": [{"$ref": "b.yaml#/x"}]}}}}
LEADING_NOWHERE: JsonObject = {
    "openapi": "3.0.0",
    "paths": {"/a": {"get": {"requestBody": {"$ref": "#/components/b"}}}},
}
TWICE: JsonObject = {"tools": [{"name": "a"}, {"name": "a"}]}
BAD: list[tuple[Json, str]] = [
    ({"swagger": "2.0"}, "is Swagger 2.0; convert it to OpenAPI 3"),
    ({"a": 1}, "neither an OpenAPI 3 document (no `openapi`) nor a list of tools (no `tools`)"),
    ({"openapi": "3.0.0"}, "holds no tools"),
    ({"openapi": "4.0.0", "paths": {}}, "is OpenAPI 4.0.0; only 3.0 and later"),
    ({"tools": [3]}, "tool 1 of the list must be a JSON object"),
    ({"tools": [{"name": "a", "inputSchema": {"type": "object", "properties": {"b": {"type": "wat"}}}}]}, "tool 'a', "),
    (TWICE, "two tools are called 'a'"),
    (LEADING_OUT, "GET /a: parameters refers to 'b.yaml#/x', outside of the file; bundle it"),
    (LEADING_NOWHERE, "GET /a: requestBody refers to '#/components/b', which is not there"),
]


@pytest.mark.parametrize(("value", "told"), BAD)
def test_bad_documents(value: Json, told: str, tmp_path: Path) -> None:
    """What cannot be read is told with the file, and what to do."""
    path = write(tmp_path / "api.json", value)
    with pytest.raises(UsageError) as caught:
        read_apis([path])
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.yaml", b"a: [1\n", "is not valid YAML, line 2"),
        ("a.json", b"{1", "is not valid JSON"),
        ("a.yaml", b"\xff", "is not UTF-8 text (byte 0)"),
        ("absent.yaml", None, "there is no such file of tools"),
        ("a.yaml", b"", "neither an OpenAPI 3 document"),
    ],
)
def test_unreadable_files(name: str, content: bytes | None, told: str, tmp_path: Path) -> None:
    """So is a file that is none."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_apis([tmp_path / name])
    assert told in str(caught.value)


def test_one_title_twice() -> None:
    """Two files of one title would have the same ids."""
    with pytest.raises(UsageError, match="have one title"):
        read_apis([DATA / "kites.yaml", DATA / "kites.yaml"])
