"""What a server is found to be at start-up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import orjson
import pytest
from aiohttp import web

from synthtools_stream.chat.language_model import ChatReply
from synthtools_stream.chat.wire import to_response
from synthtools_stream.errors import UsageError
from synthtools_stream.servers.server_probe import ServerFacts, Structured, probe_endpoint
from synthtools_stream.values.jsontypes import Json, JsonObject

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve: TypeAlias = Callable[[Handler], Awaitable[str]]

MODELS: JsonObject = {"object": "list", "data": [{"id": "big", "max_model_len": 8192}]}


def server(models: JsonObject = MODELS, *, obeys: bool = True, refuses: str = "", broken: bool = False) -> Handler:
    """Return a server's handler; `refuses` names a body key that is answered with 400."""

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/v1/models":
            return web.json_response(models)
        if request.path == "/metrics":
            return web.Response(text="# HELP vllm:num_requests_running\n")
        if request.path == "/version":
            return web.json_response({"version": "0.33.0"})
        body = orjson.loads(await request.read())
        if broken:
            return web.Response(status=500)
        if refuses in body:
            return web.json_response({"error": {"message": f"{refuses} is not supported"}}, status=400)
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        word = schema["properties"]["word"]["enum"][0] if schema and obeys else "Rivers flow."
        text = orjson.dumps({"word": word}).decode() if schema and obeys else word
        return web.json_response(to_response(ChatReply(text), reply_id="r", created=1))

    return handle


def answering(text: str, finish: str, reasoning: str = "") -> Handler:
    """Return the handler of a server that always says the same."""

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/v1/models":
            return web.json_response(MODELS)
        reply = ChatReply(text, reasoning=reasoning, finish_reason=finish)
        return web.json_response(to_response(reply, reply_id="r", created=1))

    return handle


async def test_finds_all_facts(serve: Serve) -> None:
    """A full server's facts are all found, the only model taken unasked."""
    url = await serve(server())

    facts = await probe_endpoint(url + "/v1/")

    assert facts == ServerFacts(url, "big", ("big",), 8192, Structured.ENFORCED, True, True, "0.33.0")
    assert facts.to_json()["structured"] == "enforced"


@pytest.mark.parametrize("status", [404, 405, 501])
async def test_unlisted_models_are_believed(serve: Serve, status: int) -> None:
    """A server that keeps no list of models is used with the model that was named, and one line says so."""
    listed = server()

    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status) if request.path == "/v1/models" else await listed(request)

    told: list[str] = []
    url = await serve(handle)
    facts = await probe_endpoint(url, "big", notice=told.append)
    assert (facts.model, facts.structured) == ("big", Structured.ENFORCED)
    assert told == [f"{url} does not list its models; asking for 'big' all the same"]
    with pytest.raises(UsageError, match="name one with --model"):
        await probe_endpoint(url)


async def test_empty_list_is_no_veto(serve: Serve) -> None:
    """Where the list is empty the model that was named is asked for."""
    url = await serve(server({"object": "list", "data": []}))
    assert (await probe_endpoint(url, "big")).model == "big"


@pytest.mark.parametrize("base", ["/api/paas/v4", "/v1beta/openai", "/openai/v1"])
async def test_routes_lie_where_the_url_says(serve: Serve, base: str) -> None:
    """A URL whose path names a version is taken as it is, for the list of models and for chats."""
    seen: list[str] = []
    plain = server()

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        if not request.path.startswith(base):
            return web.Response(status=404)
        return await plain(request.clone(rel_url="/v1" + request.path.removeprefix(base)))

    facts = await probe_endpoint(await serve(handle) + base, "big")
    assert facts.structured is Structured.ENFORCED
    assert {f"{base}/models", f"{base}/chat/completions"} <= set(seen)


async def test_loading_server_is_waited_for(serve: Serve) -> None:
    """503 on the list of models is a server that is still loading: it is looked at again, within limits."""
    listed, looks = server(), 0

    async def handle(request: web.Request) -> web.StreamResponse:
        nonlocal looks
        looks += request.path == "/v1/models"
        if request.path == "/v1/models" and looks < 4:
            return web.json_response({"error": {"message": "Loading model", "code": 503}}, status=503)
        return await listed(request)

    async def sleep(_seconds: float) -> None:
        pass

    told: list[str] = []
    url = await serve(handle)
    assert (await probe_endpoint(url, notice=told.append, sleep=sleep)).model == "big"
    assert told == [f"{url} is not ready yet (Loading model); waiting for it"]
    looks = -1000
    with pytest.raises(UsageError, match="/models answers 503"):
        await probe_endpoint(url, sleep=sleep, patience_s=30.0)


@pytest.mark.parametrize(
    ("meta", "length"), [({"n_ctx": 4096, "n_ctx_train": 32768}, 4096), ({"n_ctx_train": 32768}, 32768), (3, None)]
)
async def test_llama_cpp_tells_its_context(serve: Serve, meta: Json, length: int | None) -> None:
    """llama.cpp's context stands under `meta`: what it was started with, else what the model was trained for."""
    url = await serve(server({"object": "list", "data": [{"id": "big", "meta": meta}]}))
    assert (await probe_endpoint(url)).max_model_len == length


async def test_sees_what_is_missing(serve: Serve) -> None:
    """Schemas ignored or refused, and tools refused, are told apart."""
    assert (await probe_endpoint(await serve(server(obeys=False)))).structured is Structured.IGNORED
    assert (await probe_endpoint(await serve(server(refuses="response_format")))).structured is Structured.REFUSED
    assert not (await probe_endpoint(await serve(server(refuses="tools")))).tools


async def test_sees_calls_as_text(serve: Serve) -> None:
    """A server without a parser for its model's calls hands them on as text; one that parses them does not."""
    url = await serve(answering('<think>Tools.</think><tool_call>{"name": "tell_time"}</tool_call>', "stop"))
    assert (await probe_endpoint(url)).calls_as_text
    url = await serve(answering("<think>tell_time would do.</think>It is noon.", "stop"))
    assert not (await probe_endpoint(url)).calls_as_text


async def test_names_the_models(serve: Serve) -> None:
    """A model that is not there, or not chosen among several, is answered with what there is."""
    url = await serve(server({"data": [{"id": "a"}, {"id": "b"}]}))

    with pytest.raises(UsageError, match="no model 'c'; it has: a, b"):
        await probe_endpoint(url, "c")
    with pytest.raises(UsageError, match="name one with --model; it has: a, b"):
        await probe_endpoint(url)
    assert (await probe_endpoint(url, "b")).model == "b"


async def test_no_server_like_that(serve: Serve) -> None:
    """Other servers, broken servers and none at all are told in one line."""

    async def website(_: web.Request) -> web.Response:
        return web.Response(text="<html>hello</html>")

    async def locked(_: web.Request) -> web.Response:
        return web.Response(status=401)

    for handler, reason in (
        (website, "no OpenAI-compatible server"),
        (locked, "API key"),
        (server(broken=True), "does not answer a chat request"),
    ):
        with pytest.raises(UsageError, match=reason) as caught:
            await probe_endpoint(await serve(handler))
        assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match="no server answers"):
        await probe_endpoint("http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("text", "finish", "structured"),
    [
        ('{\n\n  "word":\t"quaggy"\n}', "stop", Structured.ENFORCED),
        ('{ "wo', "length", Structured.ENFORCED),
        ('<think>Rivers?</think>{"word": "quaggy"}', "stop", Structured.ENFORCED),
        ('{"wo', "stop", Structured.IGNORED),
        ("", "length", Structured.IGNORED),
        ('{"word": "river"}', "stop", Structured.IGNORED),
    ],
)
async def test_reads_through_white_space(serve: Serve, text: str, finish: str, structured: Structured) -> None:
    """An answer that can only be on its way to the one allowed word shows that the schema is enforced."""
    facts = await probe_endpoint(await serve(answering(text, finish)))
    assert facts.structured is structured


@pytest.mark.parametrize(
    ("text", "reasoning", "reasons"),
    [("It is noon.", "", False), ("It is noon.", "Let me see", True), ("<think>Let me s", "", True)],
)
async def test_sees_reasoning(serve: Serve, text: str, reasoning: str, reasons: bool) -> None:
    """A model that reasons is known by what comes with its answers, or by the tag it begins them with."""
    assert (await probe_endpoint(await serve(answering(text, "length", reasoning)))).reasons is reasons
