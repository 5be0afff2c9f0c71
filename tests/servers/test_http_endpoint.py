"""One endpoint over HTTP: what is sent, and what every answer means."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeAlias

import orjson
import pytest
from aiohttp import web
from pydantic import SecretStr

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, EmptyAnswer, Message, Sampling, Usage
from synthtools_stream.chat.wire import from_body, to_response
from synthtools_stream.errors import BackendGone, Rejection, SynthToolsError, TimedOut, TransportError, UnreadableAnswer
from synthtools_stream.servers import answer_body
from synthtools_stream.servers.answer_body import read_json
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.http_session import HttpTimeouts, open_session
from synthtools_stream.servers.refusals import retry_after_s
from synthtools_stream.values.jsontypes import JsonObject

Serve: TypeAlias = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]

REQUEST = ChatRequest(
    "m", (Message("user", "u"),), Sampling(), 3, schema_name="probe", schema={"type": "object"}, stage="s", session="e"
)
REPLY = ChatReply("hello", usage=Usage(5, 2, 1), model="m")


def answering(status: int, body: str | JsonObject, **headers: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler with one answer."""

    async def handle(_: web.Request) -> web.Response:
        text = body if isinstance(body, str) else orjson.dumps(body).decode()
        return web.Response(status=status, text=text, headers=headers)

    return handle


async def chat(url: str, **options: object) -> ChatReply:
    """Ask once; with `hurry`, the time-out is short."""
    key = options.get("api_key")
    endpoint = HttpEndpoint(
        url,
        "m",
        timeouts=HttpTimeouts(reply_s=0.1 if options.get("hurry") else 30.0),
        api_key=SecretStr(key) if isinstance(key, str) else None,
        structured=options.get("structured", True) is True,
    )
    try:
        return await endpoint.chat(REQUEST)
    finally:
        await endpoint.aclose()


async def test_asks_and_reads(serve: Serve) -> None:
    """The server sees the request and the key; the reply says where it came from."""
    seen: list[web.Request] = []
    bodies: list[bytes] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request)
        bodies.append(await request.read())
        return web.json_response(to_response(REPLY, reply_id="r", created=1))

    url = await serve(handle)
    reply = await chat(url, api_key="sk-secret\n")

    assert (reply.text, reply.usage, reply.endpoint) == ("hello", Usage(5, 2, 1), url)
    assert seen[0].path == "/v1/chat/completions"
    assert seen[0].headers["Authorization"] == "Bearer sk-secret"
    assert from_body(orjson.loads(bodies[0])).schema == {"type": "object"}


async def test_schema_can_be_left_out(serve: Serve) -> None:
    """A server that refuses schemas is sent none."""
    bodies: list[bytes] = []

    async def handle(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.json_response(to_response(REPLY, reply_id="r", created=1))

    await chat(await serve(handle), structured=False)

    assert b"response_format" not in bodies[0]


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (200, "<html>welcome</html>", TransportError, "not JSON: '<html>"),
        (200, '{"choices": [{"mess', UnreadableAnswer, "not JSON"),
        (200, "data: {}", UnreadableAnswer, "not JSON: 'data: {}'"),
        (200, "[1]", UnreadableAnswer, r"not a JSON object: \[1\]"),
        (200, {"choices": []}, UnreadableAnswer, "not a chat completion: .*choices"),
        (200, {"choices": [{"text": "old"}]}, UnreadableAnswer, "not a chat completion: .*old"),
        (200, {"error": {"message": "engine dead"}}, TransportError, "engine dead"),
        (204, "", TransportError, "204"),
        (500, {"error": {"message": "boom"}}, TransportError, "500: boom"),
        (502, "<html>bad gateway</html>", TransportError, "502: <html>"),
        (402, {"error": "pay"}, BackendGone, "402"),
        (429, {"error": {"code": "insufficient_quota", "message": "x"}}, BackendGone, "429"),
        (401, {"error": "who?"}, BackendGone, "who.*API key"),
        (403, {}, BackendGone, "API key"),
        (403, {"error": {"message": "moderation refused this prompt"}}, Rejection, "moderated"),
        (401, {"error": {"message": "no", "code": "content_policy_violation"}}, Rejection, "moderated"),
        (400, {"error": {"message": "The response was filtered", "code": "content_filter"}}, Rejection, "moderated"),
        (404, {"message": "The model `m` does not exist.", "object": "error"}, BackendGone, "no model 'm'"),
        (404, {"detail": "Not Found"}, BackendGone, "OpenAI-compatible"),
        (400, {"error": {"message": "bad seed"}}, BackendGone, "form of our requests: bad seed"),
        (422, {"detail": [{"loc": ["seed"]}]}, BackendGone, "form of our requests: .*seed"),
        (400, {"message": "This model's maximum context length is 10 tokens. However"}, Rejection, "context_overflow"),
        (400, {"error": {"code": "context_length_exceeded", "message": "no"}}, Rejection, "context_overflow"),
        (413, "", Rejection, "context_overflow"),
    ],
)
async def test_classifies_answers(
    serve: Serve, status: int, body: str | JsonObject, kind: type[SynthToolsError], reason: str
) -> None:
    """Each kind of answer becomes the right error, none of them a sign of load."""
    with pytest.raises(kind, match=reason) as caught:
        await chat(await serve(answering(status, body)))

    assert not (isinstance(caught.value, TransportError) and caught.value.overloaded)


@pytest.mark.parametrize("status", [408, 429, 503, 529])
async def test_overload(serve: Serve, status: int) -> None:
    """Statuses that ask us to slow down say so, with the server's wish."""
    with pytest.raises(TransportError) as caught:
        await chat(await serve(answering(status, {"error": "busy"}, **{"Retry-After": "7"})))

    assert (caught.value.overloaded, caught.value.retry_after_s) == (True, 7.0)


@pytest.mark.parametrize("status", [200, 400, 404, 422, 502])
async def test_web_page_is_no_verdict(serve: Serve, status: int) -> None:
    """A proxy's page, whatever its status, says nothing about the request: it may work later."""
    with pytest.raises(TransportError):
        await chat(await serve(answering(status, "<!DOCTYPE html><h1>No model for you</h1>")))


async def test_empty_answer(serve: Serve) -> None:
    """Well-formed nothing is told apart, and carries the reply; a call or a cut-off answer is not nothing."""
    for reply, empty in ((ChatReply(" \n"), True), (ChatReply("", finish_reason="length"), False)):
        url = await serve(answering(200, to_response(reply, reply_id="r", created=1)))
        if empty:
            with pytest.raises(EmptyAnswer) as caught:
                await chat(url)
            assert caught.value.reply.text == " \n"
        else:
            assert (await chat(url)).finish_reason == "length"


async def test_out_of_sockets_is_overload(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this process may open no more sockets, the gate must send less; the server has not gone anywhere."""

    async def refuse(*_args: object, **_options: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", refuse)
    with pytest.raises(TransportError, match="no more sockets") as caught:
        await chat("http://127.0.0.1:9")
    assert (caught.value.overloaded, caught.value.unreachable) == (True, False)


@pytest.mark.parametrize(("name", "known"), [("own-name", True), ("", True), ("m-2026-03-14", True), ("else", False)])
async def test_another_model_is_a_fault(serve: Serve, name: str, known: bool) -> None:
    """Once it is known how the model calls itself, an answer in another name is not taken."""
    url = await serve(answering(200, to_response(ChatReply("hi", model=name), reply_id="r", created=1)))
    endpoint = HttpEndpoint(url, "m", answers_as="own-name")
    try:
        if known:
            assert (await endpoint.chat(REQUEST)).text == "hi"
        else:
            with pytest.raises(TransportError, match="'else', not 'own-name'"):
                await endpoint.chat(REQUEST)
    finally:
        await endpoint.aclose()


async def test_redirect_is_refused(serve: Serve) -> None:
    """A redirect is not followed but told."""
    with pytest.raises(BackendGone, match="http://elsewhere"):
        await chat(await serve(answering(308, "", Location="http://elsewhere/")))


async def test_slow_answer_is_overload(serve: Serve) -> None:
    """A server that does not answer in time may be overloaded; how long it had, and for what, is told."""
    end = asyncio.Event()

    async def handle(_: web.Request) -> web.Response:
        await end.wait()
        return web.Response()

    url = await serve(handle)
    with pytest.raises(
        TimedOut, match=r"timed out after 0.1 s while generating at most 2048 tokens \(probe\)"
    ) as caught:
        await chat(url, hurry=True)
    end.set()

    assert caught.value.overloaded


async def test_a_slow_server_gets_more_time(serve: Serve) -> None:
    """Where a patient endpoint timed out, the next send may take longer, and one line says so."""
    end = asyncio.Event()

    async def handle(_: web.Request) -> web.Response:
        if len(told) < 2:
            await end.wait()
        return web.json_response(to_response(REPLY, reply_id="r", created=1))

    told: list[str] = []
    url = await serve(handle)
    endpoint = HttpEndpoint(url, "m", timeouts=HttpTimeouts(reply_s=0.05), notice=told.append, patient=True)
    for _ in range(2):
        with pytest.raises(TimedOut):
            await endpoint.chat(REQUEST)
    assert (await endpoint.chat(REQUEST)).text == "hello"
    await endpoint.aclose()
    end.set()

    assert [line.rpartition("; ")[2] for line in told] == [
        "replies are waited for 0.1 s from now on",
        "replies are waited for 0.2 s from now on",
    ]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
async def test_a_wrong_encoding_is_the_answers_fault(serve: Serve, encoding: str) -> None:
    """What is no gzip although it says so is no lost connection, and no sign of load."""

    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=b"{}", headers={"Content-Encoding": encoding})

    with pytest.raises(UnreadableAnswer, match="not encoded as it says") as caught:
        await chat(await serve(handle))
    assert not caught.value.overloaded


@pytest.mark.parametrize("announced", [True, False])
async def test_torn_answer_is_the_servers_fault(serve: Serve, announced: bool) -> None:
    """A connection that is lost before or within the answer is a transport fault."""

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"} if announced else {})
        if announced:
            await response.prepare(request)
            await response.write(b'{"choices": [')
        assert request.transport is not None
        request.transport.close()
        return response

    with pytest.raises(TransportError, match="connection lost") as caught:
        await chat(await serve(handle))

    assert (caught.value.overloaded, caught.value.unreachable) == (False, True)


async def test_nobody_there() -> None:
    """A refused connection is told, and is no sign of load."""
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()

    with pytest.raises(TransportError, match="cannot connect") as caught:
        await chat(f"127.0.0.1:{port}")

    assert not caught.value.overloaded


async def test_no_http_at_all() -> None:
    """A server that does not speak HTTP is a transport fault."""

    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    with pytest.raises(TransportError, match="not an HTTP answer"):
        await chat(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    server.close()
    await server.wait_closed()


async def test_body_is_bounded(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too large an answer is not read, whether its size is announced or not."""
    monkeypatch.setattr(answer_body, "MAX_BODY", 1000)

    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b"x" * 2000)
        return response

    for handler in (handle, answering(200, "x" * 2000)):
        with pytest.raises(TransportError, match="larger than"):
            await chat(await serve(handler))


async def test_key_is_never_told(serve: Serve) -> None:
    """The key stands in no message and no repr, even when the server repeats it."""
    with pytest.raises(BackendGone) as caught:
        await chat(await serve(answering(401, {"error": "bad key sk-secret"})), api_key="sk-secret")

    assert "***" in str(caught.value)
    assert "sk-secret" not in str(caught.value) + repr(HttpEndpoint("h", "m", api_key=SecretStr("sk-secret")))


async def test_given_session_stays_open(serve: Serve) -> None:
    """A shared session is not capped, and is not closed with the endpoint."""
    url = await serve(answering(200, to_response(REPLY, reply_id="r", created=1)))
    async with open_session(HttpTimeouts()) as session:
        endpoint = HttpEndpoint(url, "m", session=session)
        await endpoint.chat(REQUEST)
        await endpoint.aclose()
        await endpoint.chat(REQUEST)
        assert session.connector is not None
        assert session.connector.limit == 0


async def test_many_at_once(serve: Serve) -> None:
    """More requests than any default cap are on the wire at once."""
    there = 0
    all_there = asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        nonlocal there
        await request.read()
        there += 1
        if there == 120:
            all_there.set()
        await all_there.wait()
        return web.json_response(to_response(REPLY, reply_id="r", created=1))

    endpoint = HttpEndpoint(await serve(handle), "m", timeouts=HttpTimeouts(reply_s=20.0))
    replies = await asyncio.gather(*(endpoint.chat(REQUEST) for _ in range(120)))
    await endpoint.aclose()

    assert len(replies) == 120


def test_retry_after() -> None:
    """Seconds and dates are read, the past is now, nonsense is nothing."""
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert retry_after_s("2.5") == 2.5
    assert retry_after_s("Thu, 01 Jan 2026 00:01:00 GMT", now) == 60.0
    assert retry_after_s("Wed, 31 Dec 2025 00:00:00 GMT", now) == 0.0
    assert retry_after_s("soon") is None
    assert retry_after_s("-1") is None
    assert retry_after_s(None) is None


def test_half_a_character_is_replaced() -> None:
    """Half a character in a body, or a byte that is none, is the answer's fault: it is read as U+FFFD."""
    assert read_json(b'{"a": "caf\xe9"}') == {"a": "caf\ufffd"}
    assert read_json(b'{"a": ["x\\ud83d", "\\ud83d\\ude00"]}') == {"a": ["x\ufffd", "\U0001f600"]}
    with pytest.raises(TransportError):
        read_json(b'{"a": "x\\ud83d')
