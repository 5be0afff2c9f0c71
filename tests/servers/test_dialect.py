"""Servers' habits, one by one and in pairs: what is asked in the end, and what is a stop."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import combinations, pairwise
from typing import TypeAlias

import orjson
import pytest
from aiohttp import web

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling, ToolCall, Usage
from synthtools_stream.chat.wire import encode, to_response
from synthtools_stream.errors import BackendGone, TransportError, UsageError
from synthtools_stream.servers.dialect import PLAIN, Dialect, with_keys
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.servers.server_probe import Structured, probe_endpoint
from synthtools_stream.values.jsontypes import JsonObject

Serve: TypeAlias = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]
Quirk: TypeAlias = Callable[[JsonObject], str]

REAL: JsonObject = {"type": "object", "properties": {"note": {"type": "string"}}, "required": ["note"]}
ASKED = ChatRequest(
    "m",
    (
        Message("system", "Be brief."),
        Message("user", "Book it."),
        Message("assistant", None, tool_calls=tuple(ToolCall(f"call_0000_{n}", "Book", "{}") for n in range(2))),
        *(Message("tool", f"[{n}]", tool_call_id=f"call_0000_{n}") for n in range(2)),
    ),
    Sampling(max_tokens=64),
    3,
    schema_name="agent",
    schema=REAL,
)


def _messages(body: JsonObject) -> list[JsonObject]:
    messages = body["messages"]
    assert isinstance(messages, list)
    return [message for message in messages if isinstance(message, dict)]


def _call_ids(body: JsonObject) -> str:
    ids = re.findall(r'"(?:tool_call_id|id)":"([^"]*)"', orjson.dumps(body["messages"]).decode())
    bad = [one for one in ids if not re.fullmatch("[A-Za-z0-9]{9}", one)]
    return f"the id {bad[0]} of a tool call is not nine letters or digits" if bad else ""


def _system(body: JsonObject) -> str:
    there = any(message["role"] == "system" for message in _messages(body))
    return "the template of this model knows no system messages" if there else ""


def _null(body: JsonObject) -> str:
    there = any(message["content"] is None for message in _messages(body))
    return "messages.2.content: none is not an allowed value" if there else ""


def _turns(body: JsonObject) -> str:
    roles = [message["role"] for message in _messages(body)]
    twice = any(one == two for one, two in pairwise(roles))
    return "the turns of this model alternate between user and assistant" if twice else ""


def _key(name: str) -> Quirk:
    return lambda body: f"{name} is not taken by this model" if name in body else ""


QUIRKS: dict[str, tuple[Quirk, Dialect]] = {
    "length": (_key("max_tokens"), Dialect(length="max_completion_tokens")),
    "call ids": (_call_ids, Dialect(call_ids="nine")),
    "no system": (_system, Dialect(system="user")),
    "turns": (_turns, Dialect(turns="alternate")),
    "null": (_null, Dialect(null_content=False)),
    "seed": (_key("seed"), Dialect(seed=False)),
    "temperature": (_key("temperature"), Dialect(temperature=False)),
    "top_p": (_key("top_p"), Dialect(top_p=False)),
    "mute system": (lambda body: _system(body) and "Bad Request", Dialect(system="user")),
}
NAMED = [name for name in QUIRKS if name != "mute system"]
PAIRS = [*combinations(NAMED, 2)]
TRIPLES = [
    ("length", "call ids", "no system"),
    ("no system", "turns", "null"),
    ("call ids", "turns", "seed"),
    ("temperature", "top_p", "seed"),
    ("length", "null", "turns"),
    ("no system", "call ids", "null"),
]


def imposing(*quirks: Quirk) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return a server that refuses with 400 what a quirk does not like, the first one first."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return web.json_response({"data": [{"id": "m"}]})
        body = orjson.loads(await request.read())
        for said in (quirk(body) for quirk in quirks):
            if said:
                return web.json_response({"error": {"message": said}}, status=400)
        text = '{"word":"quaggy"}' if "response_format" in body else "Noon."
        return web.json_response(to_response(ChatReply(text, usage=Usage(5, 2)), reply_id="r", created=1))

    return handle


@pytest.mark.parametrize("names", [*((name,) for name in QUIRKS), *PAIRS, *TRIPLES], ids=" and ".join)
async def test_the_probe_adapts(serve: Serve, names: tuple[str, ...]) -> None:
    """Each habit, each pair and some triples are found with the shapes that roles send; tools and schemas stay."""
    facts = await probe_endpoint(await serve(imposing(*(QUIRKS[name][0] for name in names))), schema=REAL)

    wanted = PLAIN.to_json()
    for name in names:
        plain = PLAIN.to_json()
        wanted |= {key: value for key, value in QUIRKS[name][1].to_json().items() if value != plain[key]}
    assert facts.dialect.to_json() == wanted
    assert facts.to_json()["dialect"] == wanted
    assert (facts.tools, facts.structured) == (True, Structured.ENFORCED)


async def test_schemas_refused(serve: Serve) -> None:
    """Where no schema is taken, none is sent, and that is no dialect."""
    facts = await probe_endpoint(await serve(imposing(_key("response_format"))), schema=REAL)
    assert (facts.structured, facts.dialect) == (Structured.REFUSED, PLAIN)


async def test_what_nothing_helps_against(serve: Serve) -> None:
    """A server that refuses whatever is asked is told before anything is spent, in its own words."""
    with pytest.raises(UsageError, match="the moon is full"):
        await probe_endpoint(await serve(imposing(lambda _: "the moon is full")))


@pytest.mark.parametrize("name", [*QUIRKS])
async def test_adapts_in_the_middle(serve: Serve, name: str) -> None:
    """A habit that a server takes up in a run is adapted to, with one line; the next request is asked so at once."""
    quirk, wanted = QUIRKS[name]
    told: list[str] = []
    endpoint = HttpEndpoint(await serve(imposing(quirk)), "m", notice=told.append)
    for _ in range(2):
        await endpoint.chat(ASKED)
    await endpoint.aclose()

    assert endpoint.dialect == wanted
    assert len(told) == 1


async def test_a_form_refused_in_the_middle_stops(serve: Serve) -> None:
    """What cannot be adapted to stops the run, quoting the server; it is no item's fate."""
    endpoint = HttpEndpoint(await serve(imposing(lambda _: "the moon is full")), "m")
    with pytest.raises(BackendGone, match="the moon is full"):
        await endpoint.chat(ASKED)
    await endpoint.aclose()


async def test_one_odd_request_fails_alone(serve: Serve) -> None:
    """Where others are answered, a request whose form nothing mends fails by itself; several in a row stop the run."""

    async def handle(request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        if "odd" in body["messages"][-1]["content"]:
            return web.json_response({"error": {"message": "tools.3: no such keyword"}}, status=400)
        return web.json_response(to_response(ChatReply("yes"), reply_id="r", created=1))

    def asked(text: str, seed: int) -> ChatRequest:
        return ChatRequest("m", (Message("user", text),), Sampling(max_tokens=64), seed)

    endpoint = HttpEndpoint(await serve(handle), "m", odd_requests=2)
    for seed in range(8):
        for _again in range(2):
            with pytest.raises(TransportError, match="the form of this request"):
                await endpoint.chat(asked("odd", seed))
        assert (await endpoint.chat(asked("plain", 100 + seed))).text == "yes"
    for seed in range(2):
        with pytest.raises(TransportError):
            await endpoint.chat(asked("odd", seed))
    with pytest.raises(BackendGone, match="refuses the form of our requests"):
        await endpoint.chat(asked("odd", 2))
    await endpoint.aclose()


def test_plain_is_byte_for_byte_what_was_digested() -> None:
    """Nothing changes for a server without habits."""
    assert PLAIN.body(ASKED) is encode(ASKED)
    assert PLAIN.told() == ""


def test_shapes_on_the_wire() -> None:
    """System messages go into the next user message; ids stay equal to one another."""
    body = orjson.loads(Dialect(system="user", call_ids="nine", strict=False).body(ASKED))

    assert body["messages"][0] == {"role": "user", "content": "Be brief.\n\nBook it."}
    assert body["messages"][1]["tool_calls"][0]["id"] == body["messages"][2]["tool_call_id"]
    assert "strict" not in body["response_format"]["json_schema"]


@pytest.mark.parametrize(("key", "value"), [("length", "max_tokens"), ("system", "system"), ("seed", True)])
async def test_what_is_set_by_hand_stays(serve: Serve, key: str, value: str | bool) -> None:
    """A key that the user set is never adapted away: where it is refused, that is one line that names it."""
    quirk = {"length": "length", "system": "no system", "seed": "seed"}[key]
    url = await serve(imposing(QUIRKS[quirk][0], QUIRKS["top_p"][0]))
    pinned = replace(with_keys(PLAIN, {key: value}), pinned=frozenset({key}))

    with pytest.raises(UsageError, match=rf"\[server\] sets {key}, and the server refuses that: "):
        await probe_endpoint(url, dialect=pinned, schema=REAL)
    facts = await probe_endpoint(await serve(imposing(QUIRKS["top_p"][0])), dialect=pinned, schema=REAL)
    assert facts.dialect == replace(pinned, top_p=False)
    assert "pinned" not in facts.dialect.to_json()
