"""An endpoint for embeddings: what is sent, and what every answer means."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import orjson
import pytest
from aiohttp import web
from pydantic import SecretStr

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling, Usage
from synthtools_stream.chat.vector_text import read_vectors
from synthtools_stream.errors import BackendGone, SynthToolsError, TransportError, UnreadableAnswer
from synthtools_stream.servers.embedding_endpoint import EmbeddingEndpoint
from synthtools_stream.values.jsontypes import Json, JsonObject

Serve: TypeAlias = Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]
REQUEST = ChatRequest("m", (Message("user", "fee"), Message("user", "berth")), Sampling(), 3)


def vectors(*found: tuple[Json, Json]) -> JsonObject:
    """Return an answer with these indices and embeddings."""
    data: list[Json] = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in found]
    return {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 7, "total_tokens": 7}}


async def asked(url: str) -> ChatReply:
    """Ask once."""
    endpoint = EmbeddingEndpoint(url, "m", api_key=SecretStr("sk-secret"))
    try:
        return await endpoint.chat(REQUEST)
    finally:
        await endpoint.aclose()


async def test_texts_become_vectors(serve: Serve) -> None:
    """The server is sent the texts, the vectors come back in their order, and tokens are counted."""
    bodies: list[JsonObject] = []

    async def handle(request: web.Request) -> web.Response:
        assert request.path == "/v1/embeddings"
        assert request.headers["Authorization"] == "Bearer sk-secret"
        bodies.append(orjson.loads(await request.read()))
        return web.json_response(vectors((1, [0, 2.0]), (0, [3.0, 0])))

    reply = await asked(await serve(handle))
    assert bodies == [{"model": "m", "input": ["fee", "berth"], "encoding_format": "float"}]
    assert read_vectors(reply.text, 2) == [(1.0, 0.0), (0.0, 1.0)]
    assert (reply.usage, reply.model) == (Usage(7), "m")


ANSWERS: list[tuple[int, Json, type[SynthToolsError], str]] = [
    (200, vectors((0, [1.0])), UnreadableAnswer, "2 texts were sent, and 1 vectors came"),
    (200, vectors((0, [1.0]), (0, [1.0])), UnreadableAnswer, "2 texts were sent"),
    (200, vectors((0, [1.0]), (1, ["x"])), UnreadableAnswer, "no list of numbers"),
    (200, vectors((0, [1.0]), (1, "AACAPw==")), UnreadableAnswer, "no list of numbers"),
    (200, vectors((0, [1.0]), (1, [0.0])), UnreadableAnswer, "without a direction"),
    (200, {"choices": []}, UnreadableAnswer, "0 vectors came"),
    (200, [], UnreadableAnswer, "0 vectors came"),
    (503, {"error": {"message": "loading"}}, TransportError, "503: loading"),
    (401, {"error": {"message": "who is sk-secret?"}}, BackendGone, r"who is \*\*\*"),
    (400, {"error": {"message": "the model does not embed"}}, BackendGone, "refuses to embed our texts"),
    (404, {"detail": "Not Found"}, BackendGone, "has no route"),
]


@pytest.mark.parametrize(("status", "body", "error", "said"), ANSWERS)
async def test_what_answers_mean(
    serve: Serve, status: int, body: Json, error: type[SynthToolsError], said: str
) -> None:
    """What may pass is tried again, what never will stops the run, and no key is ever told."""

    async def handle(_: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    url = await serve(handle)
    with pytest.raises(error, match=said) as caught:
        await asked(url)
    assert "sk-secret" not in str(caught.value)
