"""What a server is found to be at start-up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import orjson
import pytest
from aiohttp import web

from synthtools_stream.chat.language_model import ChatReply, ToolCall
from synthtools_stream.chat.wire import to_response
from synthtools_stream.errors import UsageError
from synthtools_stream.servers.server_probe import ServerFacts, Structured, probe_endpoint
from synthtools_stream.values.jsontypes import JsonObject

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

    assert facts == ServerFacts(url, "big", ("big",), 8192, Structured.ENFORCED, True, True, "0.33.0", base=f"{url}/v1")
    assert facts.to_json()["structured"] == "enforced"


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


def telling(*replies: ChatReply) -> Handler:
    """Return the handler of a server that answers requests with tools by these, one after the other."""
    left = [*replies]

    async def handle(request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response(MODELS)
        asked = orjson.loads(await request.read())
        reply = left.pop(0) if asked.get("tools") and left else ChatReply("It is noon.")
        return web.json_response(to_response(reply, reply_id="r", created=1))

    return handle


TEXT = ChatReply('{"name": "tell_time", "arguments": {}}')
CALL = ChatReply("", (ToolCall("c", "tell_time", "{}"),), finish_reason="tool_calls")


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "tools"), (404, "no model here can support tool use"), (500, "tools param requires --jinja")],
)
async def test_native_mode_needs_tools(serve: Serve, status: int, said: str) -> None:
    """A server that refuses tools, however it says so, stops a native run at once and no other one."""
    full = server()

    async def handle(request: web.Request) -> web.StreamResponse:
        if b'"tools"' in await request.read():
            return web.json_response({"error": {"message": f"{said} is not supported"}}, status=status)
        return await full(request)

    url = await serve(handle)
    assert not (await probe_endpoint(url)).tools
    with pytest.raises(UsageError, match=rf"refuses tools, .*{said}.*--mode json.*--jinja") as caught:
        await probe_endpoint(url, native=True)
    assert "\n" not in str(caught.value)


async def test_native_mode_needs_one_call(serve: Serve) -> None:
    """Where every call comes as text a native run stops, naming the flag; one call that is a call lets it go on."""
    with pytest.raises(UsageError, match=r"hands every call on as text.*--mode json.*--tool-call-parser"):
        await probe_endpoint(await serve(telling(TEXT, TEXT, TEXT)), native=True)
    facts = await probe_endpoint(await serve(telling(TEXT, TEXT, CALL)), native=True)
    assert (facts.tools, facts.calls_as_text) == (True, True)
    assert not (await probe_endpoint(await serve(telling(CALL)), native=True)).calls_as_text
    assert (await probe_endpoint(await serve(telling(TEXT, TEXT, TEXT)))).calls_as_text


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


@pytest.mark.parametrize(("status", "text"), [(404, "{}"), (405, ""), (501, ""), (200, '{"data": []}'), (200, "")])
async def test_a_server_without_a_list(serve: Serve, status: int, text: str) -> None:
    """Where no models are listed, the one that is named is taken, with a line; without a name that is one line."""
    full = server()

    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=text) if request.path == "/v1/models" else await full(request)

    url = await serve(handle)
    told: list[str] = []

    assert (await probe_endpoint(url, "big", notice=told.append)).model == "big"
    assert [line for line in told if "lists no models" in line] == told[:1]
    with pytest.raises(UsageError, match="name one with --model"):
        await probe_endpoint(url)


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ("/api/paas/v4", "/api/paas/v4"),
        ("/openai", "/openai"),
        ("/openai/v1", "/openai"),
        ("/openai/v1", "/openai/v1/chat/completions"),
        ("/api/v1", "/api/v1/chat"),
        ("", ""),
        ("", "/chat/completions"),
    ],
)
@pytest.mark.parametrize("lists", [True, False])
async def test_the_base_is_found(serve: Serve, routes: str, said: str, lists: bool) -> None:
    """What the user pasted is tried as it is, then with `/v1`, also where no models are listed anywhere."""
    full = server()

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == f"{routes}/models" and lists:
            return web.json_response(MODELS)
        return await full(request) if request.path == f"{routes}/chat/completions" else web.Response(status=404)

    url = await serve(handle)
    assert (await probe_endpoint(url + said, "big")).base == url + routes


async def test_no_base_at_all(serve: Serve) -> None:
    """Where there are routes neither as said nor under `/v1`, one line names both addresses."""

    async def handle(_: web.Request) -> web.StreamResponse:
        return web.Response(status=404)

    url = await serve(handle)
    with pytest.raises(UsageError, match="is no OpenAI-compatible server") as caught:
        await probe_endpoint(f"{url}/openai", "big")
    assert f"{url}/openai/models answers 404 and {url}/openai/v1/models answers 404" in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_waits_while_the_model_loads(serve: Serve) -> None:
    """A server that loads its model is waited for, with one line, and not for ever."""
    full = server()
    left = [3]

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/v1/models" and left[0]:
            left[0] -= 1
            return web.json_response({"error": {"message": "Loading model"}}, status=503)
        return await full(request)

    async def at_once(_: float) -> None: ...

    url = await serve(handle)
    told: list[str] = []
    assert (await probe_endpoint(url, notice=told.append, sleep=at_once)).model == "big"
    assert len([line for line in told if "Loading model" in line]) == 1
    left[0] = 1000
    with pytest.raises(UsageError, match="503"):
        await probe_endpoint(url, sleep=at_once)
