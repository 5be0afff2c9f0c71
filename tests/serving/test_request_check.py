"""What a client may ask for: served, or refused by name."""

from __future__ import annotations

import pytest

from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.serving.servingkit import CHAT, body, running, says


@pytest.mark.parametrize(
    ("stop", "text"), [("lo", "hel"), (["x", "e"], "h"), (["zz"], "hello world"), (None, "hello world"), ("hello", "")]
)
async def test_stop_words_end_the_answer(stop: Json, text: str) -> None:
    """An answer ends before the first of its stop words."""
    model = says("hello world")
    async with running(model) as client, client.post(CHAT, json=body() | {"stop": stop}) as response:
        choice = (await response.json())["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == (text, "stop")


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"logit_bias": {"50256": -100}}, "logit_bias"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"functions": [{"name": "f"}]}, "functions"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"temperature": 5}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"top_p": -0.1}, "top_p"),
        ({"frequency_penalty": 3}, "frequency_penalty"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"stop": [""]}, "stop"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"response_format": "json"}, "response_format"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "image_url"),
    ],
)
async def test_unserved_wishes_are_400(more: JsonObject, names: str) -> None:
    """What would change the answer and cannot be had is refused by name, never silently ignored."""
    model = says("x")
    async with running(model) as client, client.post(CHAT, json={**body(), **more}) as response:
        error = (await response.json())["error"]
    assert response.status == 400
    assert names in error["message"]
    assert model.requests == []


@pytest.mark.parametrize(
    "more",
    [
        {"logprobs": False, "logit_bias": {}, "tool_choice": "auto", "n": 1, "modalities": ["text"], "stop": None},
        {"temperature": 0, "top_p": 1, "presence_penalty": 0.0, "response_format": {"type": "text"}},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}], "user": "me", "seed": 3},
    ],
)
async def test_harmless_keys_are_taken(more: JsonObject) -> None:
    """Keys that ask for what is served anyway are no reason to refuse."""
    async with running(says("x")) as client, client.post(CHAT, json={**body(), **more}) as response:
        assert response.status == 200, await response.text()


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b"{", "JSON"),
        (b"[]", "object"),
        (b'{"messages": []}', "model"),
        (b'{"model": "scripted", "messages": []}', "messages"),
        (b'{"model": "scripted", "messages": [{"role": "king"}]}', "role"),
        (b'{"model": "scripted", "messages": [{"role": "user", "content": "x"}], "n": 2}', "n"),
        (b'{"model": "scripted", "messages": [{"role": "user", "content": "x"}], "max_tokens": 0}', "max_tokens"),
    ],
)
async def test_bad_body_is_400(raw: bytes, names: str) -> None:
    """A body that is not a chat completion is refused with what is wrong, and never reaches the model."""
    model = says("x")
    async with running(model) as client, client.post(CHAT, data=raw) as response:
        error = (await response.json())["error"]
    assert response.status == 400
    assert names in error["message"]
    assert model.requests == []


@pytest.mark.parametrize(
    ("schema", "says_what"),
    [
        ({"type": "strin"}, '"strin" is not valid'),
        ({"type": "object", "required": "word"}, '"word" is not of type "array"'),
        ({"properties": ["word"]}, "is not of type"),
        ({"$schema": "http://127.0.0.1:1/mine", "type": "object"}, "dialect"),
        ({"$schema": {}, "type": "object"}, "dialect"),
        ("word", "response_format.json_schema.schema"),
    ],
)
async def test_wrong_schema_is_400(schema: Json, says_what: str) -> None:
    """A response schema that is no JSON Schema is refused, as a real server does, and no dialect is fetched."""
    form: JsonObject = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    async with running(says("{}")) as client, client.post(CHAT, json=body(response_format=form)) as response:
        error = (await response.json())["error"]
    assert response.status == 400
    assert says_what in error["message"]


@pytest.mark.parametrize("more", [{}, {"$schema": "https://json-schema.org/draft/2020-12/schema"}])
async def test_right_schema_is_taken(more: JsonObject) -> None:
    """A response schema reaches the model, whether it names a known dialect or none."""
    schema: JsonObject = {**more, "type": "object", "properties": {"word": {"enum": ["a"]}}, "required": ["word"]}
    form: JsonObject = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    model = says("{}")
    async with running(model) as client, client.post(CHAT, json=body(response_format=form)) as response:
        assert response.status == 200
    assert model.requests[-1].schema == schema
