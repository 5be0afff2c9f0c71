"""The embedded model behind a server with habits: what it refuses, and what it makes of an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from synthtools_stream.chat.wire import from_body, to_response
from synthtools_stream.embedded import EmbeddedModel, EmbeddedRates
from synthtools_stream.servers.probe_questions import PROBE
from synthtools_stream.values.jsontypes import JsonObject, object_at

Habit: TypeAlias = Callable[[JsonObject], tuple[int, str] | None]
"""Returns the status and the words by which a body is refused, or None."""
Twist: TypeAlias = Callable[[JsonObject, JsonObject], JsonObject | bytes]
"""Returns what becomes of an answer, a chat completion, to a body."""


@dataclass(frozen=True)
class Quirk:
    """One habit of a server."""

    refuses: Habit = lambda _body: None
    twists: Twist = lambda _body, answer: answer
    lists: bool = True
    """Whether it lists its models."""
    base: str = "/v1"


@dataclass
class Seen:
    """What came to the server."""

    url: str = ""
    bodies: list[JsonObject] = field(default_factory=list[JsonObject])


@asynccontextmanager
async def quirky(quirks: Sequence[Quirk]) -> AsyncGenerator[Seen]:
    """Serve the embedded model, without errors of its own, on a free port."""
    model, seen = EmbeddedModel(EmbeddedRates.none()), Seen()
    base = next((quirk.base for quirk in quirks if quirk.base != "/v1"), "/v1")

    async def handle(request: web.Request) -> web.Response:
        if request.path == f"{base}/models" and all(quirk.lists for quirk in quirks):
            return web.json_response({"data": [{"id": model.model}]})
        if request.path != f"{base}/chat/completions":
            return web.json_response({"detail": "Not Found"}, status=404)
        body: JsonObject = orjson.loads(await request.read())
        seen.bodies.append(body)
        for refused in (quirk.refuses(body) for quirk in quirks):
            if refused is not None:
                return web.json_response({"error": {"message": refused[1]}}, status=refused[0])
        answer: JsonObject | bytes = to_response(await model.chat(from_body(body)), reply_id="r", created=1)
        for quirk in quirks:
            if isinstance(answer, dict):
                answer = quirk.twists(body, answer)
        raw = answer if isinstance(answer, bytes) else orjson.dumps(answer)
        return web.Response(body=raw, content_type="application/json")

    app = web.Application(client_max_size=1 << 24)
    app.router.add_route("*", "/{path:.*}", handle)
    server = TestServer(app)
    await server.start_server()
    seen.url = str(server.make_url("")).rstrip("/")
    try:
        yield seen
    finally:
        await server.close()


def messages(body: JsonObject) -> list[JsonObject]:
    """Return a body's messages."""
    listed = body["messages"]
    return [message for message in listed if isinstance(message, dict)] if isinstance(listed, list) else []


def said(answer: JsonObject) -> JsonObject:
    """Return the message of a chat completion."""
    choices = answer["choices"]
    choice = choices[0] if isinstance(choices, list) else None
    message = choice["message"] if isinstance(choice, dict) else None
    assert isinstance(message, dict)
    return message


def calls(message: JsonObject) -> list[JsonObject]:
    """Return the functions that a message calls."""
    listed = message.get("tool_calls")
    functions = [call.get("function") for call in listed if isinstance(call, dict)] if isinstance(listed, list) else []
    return [function for function in functions if isinstance(function, dict)]


def refusing(key: str) -> Quirk:
    """Return a server that knows no such key."""
    return Quirk(lambda body: (400, f"{key} is not taken by this model") if key in body else None)


def _long_ids(body: JsonObject) -> tuple[int, str] | None:
    ids = re.findall(r'"(?:tool_call_id|id)":"([^"]*)"', orjson.dumps(body["messages"]).decode())
    odd = [one for one in ids if not re.fullmatch("[A-Za-z0-9]{9}", one)]
    return (400, f"the id {odd[0]} of a tool call is not nine letters or digits") if odd else None


def _system(body: JsonObject) -> tuple[int, str] | None:
    there = any(message["role"] == "system" for message in messages(body))
    return (500, "the chat template knows no system messages") if there else None


def _twice(body: JsonObject) -> tuple[int, str] | None:
    roles = [message["role"] for message in messages(body)]
    again = any(one == two for one, two in pairwise(roles))
    return (400, "Conversation turns must alternate between user and assistant") if again else None


def _thinks(body: JsonObject, answer: JsonObject) -> JsonObject:
    if body.get("tools"):
        message = said(answer)
        message["content"] = f"<think>\nStep by step.\n</think>\n\n{message.get('content') or ''}"
    return answer


def _double(_body: JsonObject, answer: JsonObject) -> JsonObject:
    for function in calls(said(answer)):
        function["arguments"] = orjson.dumps(function["arguments"]).decode()
    return answer


def _elsewhere(body: JsonObject, answer: JsonObject) -> JsonObject:
    if body.get("response_format"):
        message = said(answer)
        message["reasoning_content"], message["content"] = message["content"], None
    return answer


def _in_parts(_body: JsonObject, answer: JsonObject) -> JsonObject:
    message = said(answer)
    if message["content"]:
        message["content"] = [{"type": "text", "text": message["content"]}]
    return answer


def _no_usage(_body: JsonObject, answer: JsonObject) -> JsonObject:
    return {key: value for key, value in answer.items() if key != "usage"}


def once_garbled() -> Quirk:
    """Return a server whose first answer to each fifth request is torn."""
    sends: Counter[bytes] = Counter()

    def tear(body: JsonObject, answer: JsonObject) -> JsonObject | bytes:
        key = orjson.dumps(body)
        sends[key] += 1
        return orjson.dumps(answer)[:40] if sends[key] == 1 and len(sends) % 5 == 0 else answer

    return Quirk(twists=tear)


def text_calls(share: int) -> Quirk:
    """Return a server whose every `share`-th call of a tool arrives as text."""
    seen: list[int] = []

    def write(_body: JsonObject, answer: JsonObject) -> JsonObject:
        message = said(answer)
        for function in calls(message)[:1]:
            seen.append(1)
            if len(seen) % share == 0:
                del message["tool_calls"]
                message["content"] = f"<function={function['name']}>{function['arguments']}</function>"
        return answer

    return Quirk(twists=write)


def garbling(name: str) -> Quirk:
    """Return a server that has no answer to the role of this name, or to any role, though it gets through a probe."""

    def empty(body: JsonObject, answer: JsonObject) -> JsonObject:
        role = object_at(object_at(body, "response_format"), "json_schema").get("name")
        return {"choices": []} if role == name or (not name and role not in (None, PROBE)) else answer

    return Quirk(twists=empty)


QUIRKS: dict[str, Callable[[], Quirk]] = {
    "length": lambda: refusing("max_tokens"),
    "call ids": lambda: Quirk(_long_ids),
    "no system": lambda: Quirk(_system),
    "turns": lambda: Quirk(_twice),
    "no top_p": lambda: refusing("top_p"),
    "no usage": lambda: Quirk(twists=_no_usage),
    "thinks aloud": lambda: Quirk(twists=_thinks),
    "double arguments": lambda: Quirk(twists=_double),
    "answer elsewhere": lambda: Quirk(twists=_elsewhere),
    "parts": lambda: Quirk(twists=_in_parts),
    "no list": lambda: Quirk(lists=False),
    "own base": lambda: Quirk(base="/api/paas/v4"),
    "bare base": lambda: Quirk(base="/openai"),
    "garbled": once_garbled,
    "garbles judges": lambda: garbling("trajectory_judge"),
    "garbles all": lambda: garbling(""),
    "calls as text": lambda: text_calls(3),
    "all calls as text": lambda: text_calls(1),
    "no tools": lambda: refusing("tools"),
}
