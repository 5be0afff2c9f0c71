"""The OpenAI-compatible HTTP server: routes, and the life of a listening socket.

The model is called on the event loop, inside a slot: the embedded one needs a millisecond or two. A client that
goes away cancels its handler, which gives the slot back.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

import anyio
from aiohttp import web

from synthtools_stream import __version__
from synthtools_stream.chat import wire
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel
from synthtools_stream.errors import BackendGone, ConfigError, boundary
from synthtools_stream.serving.batching_engine import BatchingEngine, Seat
from synthtools_stream.serving.chat_completion import DONE, Answer, until_stop, wants_stream, wants_usage
from synthtools_stream.serving.http_refusals import BadRequest, ModelNotFound, json_reply, refuse_in_shape
from synthtools_stream.serving.planned_faults import Faults
from synthtools_stream.serving.prefix_cache import PrefixCache, prompt_text
from synthtools_stream.serving.request_check import check_body, parse_body
from synthtools_stream.serving.server_metrics import CONTENT_TYPE, Counts, render
from synthtools_stream.serving.server_stop import stop_signals
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["RequestLog", "build_app", "serve"]

BODY_LIMIT: Final = 16 * 1024 * 1024
"""Bytes of a request at most: a hundred times what the longest of our prompts has."""
CHARS_PER_TOKEN: Final = 4
"""For the room a prompt needs before the model has counted its tokens."""
KEEP_ALIVE_S: Final = 5.0
"""As long as vLLM keeps an idle connection, so that clients meet the same surprises."""
GRACE_S: Final = 2.0
"""How long requests in flight may take to end once the server is told to stop."""


class RequestLog:
    """The server's own memory of what it was asked, against which a client's promises can be checked.

    One line a chat request, in order of arrival: `{"digest":"<hex>"}`, a digest of the body as it came, which is the
    key that our own reply logs use. It is written before the request is answered, spoiled or refused. Several servers,
    one after the other, may share the file.
    """

    def __init__(self, path: Path) -> None:
        """Open the log, or make it.

        :raises ConfigError: if it cannot be written.
        """
        with boundary(f"{path}: cannot be written", OSError, as_=ConfigError):
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def note(self, body: bytes) -> None:
        """Note one request; it is not synced, since it need only outlive the client."""
        os.write(self._fd, b'{"digest":"%b"}\n' % blake2b(body, digest_size=16).hexdigest().encode())

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


class _Service:
    """The handlers and what they share."""

    def __init__(
        self,
        model: LanguageModel,
        engine: BatchingEngine,
        names: Sequence[str],
        context_tokens: int,
        faults: Faults | None = None,
        requests: RequestLog | None = None,
    ) -> None:
        self._faults = faults
        self._requests = requests
        self._model = model
        self._engine = engine
        self._names = tuple(names) or (model.model,)
        self._context_tokens = context_tokens
        self._prefixes = PrefixCache()
        self._counts = Counts()
        self._ids = itertools.count(1)
        self._model_gone = False
        self._started = int(time.time())

    async def health(self, _request: web.Request) -> web.Response:
        return web.Response(status=503 if self._model_gone else 200)

    async def version(self, _request: web.Request) -> web.Response:
        return json_reply({"version": __version__})

    async def metrics(self, _request: web.Request) -> web.Response:
        page = render(self._counts, self._engine, self._names[0])
        return web.Response(body=page.encode(), headers={"Content-Type": CONTENT_TYPE})

    async def models(self, _request: web.Request) -> web.Response:
        cards: list[Json] = [self._card(name) for name in self._names]
        return json_reply({"object": "list", "data": cards})

    async def model(self, http: web.Request) -> web.Response:
        name = http.match_info["name"]
        if name not in self._names:
            raise ModelNotFound(name, self._names)
        return json_reply(self._card(name))

    def _card(self, name: str) -> JsonObject:
        return {
            "id": name,
            "object": "model",
            "created": self._started,
            "owned_by": "synthtools-stream",
            "root": self._model.model,
            "parent": None,
            "max_model_len": self._context_tokens,
        }

    async def chat(self, http: web.Request) -> web.StreamResponse:
        if self._requests is not None:
            self._requests.note(await http.read())
        if self._faults is not None:
            return await self._faults.answer(http, self._chat)
        return await self._chat(http)

    async def _chat(self, http: web.Request) -> web.StreamResponse:
        body = parse_body(await http.read())
        check_body(body)
        request = wire.from_body(body)
        if request.model not in self._names:
            raise ModelNotFound(request.model, self._names)
        prompt = prompt_text(request.messages)
        async with self._engine.seat(self._prompt_tokens(prompt)) as seat:
            reply = until_stop(await self._reply(request, prompt), body.get("stop"))
            answer = Answer(f"chatcmpl-{next(self._ids):08x}", int(time.time()), reply)
            await self._engine.prefill(reply.usage.prompt_tokens - reply.usage.cached_tokens)
            if wants_stream(body):
                return await self._stream(http, answer, seat, usage=wants_usage(body))
            async for _ in self._engine.decode(seat, reply.usage.completion_tokens):
                pass
        self._counts.answered(reply)
        return json_reply(answer.whole())

    def _prompt_tokens(self, prompt: str) -> int:
        tokens = 1 + len(prompt) // CHARS_PER_TOKEN
        if tokens > self._context_tokens:
            raise BadRequest(
                f"The prompt has about {tokens} tokens; this model's context holds {self._context_tokens}.", "messages"
            )
        return tokens

    async def _reply(self, request: ChatRequest, prompt: str) -> ChatReply:
        try:
            reply = await self._model.chat(request)
        except BackendGone:
            self._model_gone = True
            raise
        cached = int(self._prefixes.look_up(prompt) * reply.usage.prompt_tokens)
        # A model that knows its own cache is believed.
        usage = dataclasses.replace(reply.usage, cached_tokens=reply.usage.cached_tokens or cached)
        # It answers under its own name, also where it is served under another: corpora tell what made them.
        reply = dataclasses.replace(reply, usage=usage, model=reply.model or self._model.model)
        self._counts.looked_up(reply)
        return reply

    async def _stream(self, http: web.Request, answer: Answer, seat: Seat, *, usage: bool) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await response.prepare(http)
        await response.write(answer.opening())
        total = answer.reply.usage.completion_tokens
        sent = 0
        async for done in self._engine.decode(seat, total):
            end = len(answer.reply.text) * done // total
            if end > sent:
                await response.write(answer.text(sent, end))
                sent = end
        for chunk in answer.closing(usage=usage):
            await response.write(chunk)
        await response.write(DONE)
        await response.write_eof()
        self._counts.answered(answer.reply)
        return response


def build_app(
    model: LanguageModel,
    engine: BatchingEngine,
    *,
    names: Sequence[str] = (),
    context_tokens: int = 131_072,
    body_limit: int = BODY_LIMIT,
    faults: Faults | None = None,
    requests: RequestLog | None = None,
) -> web.Application:
    """Return the application that serves `model` under `names` (its own name where none is given).

    `faults` spoil chat answers, `requests` notes what was asked. The caller owns the model and closes it after the
    server has ended.
    """
    service = _Service(model, engine, names, context_tokens, faults, requests)
    app = web.Application(client_max_size=body_limit, middlewares=[refuse_in_shape])
    app.router.add_post("/v1/chat/completions", service.chat)
    app.router.add_get("/v1/models", service.models)
    app.router.add_get("/v1/models/{name:.+}", service.model)
    app.router.add_get("/health", service.health)
    app.router.add_get("/version", service.version)
    app.router.add_get("/metrics", service.metrics)
    return app


async def serve(
    app: web.Application, host: str = "127.0.0.1", port: int = 8000, *, ready: Callable[[int], None]
) -> None:
    """Serve until cancelled, or until SIGINT or SIGTERM; `ready` is told the port once connections are taken.

    Port 0 takes a free one.

    :raises ConfigError: when the address cannot be listened on.
    """
    # Without handler_cancellation a client that has gone away would keep its slot to the end.
    runner = web.AppRunner(
        app, handler_cancellation=True, keepalive_timeout=KEEP_ALIVE_S, shutdown_timeout=GRACE_S, access_log=None
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        with boundary(f"cannot listen on {host}:{port}", OSError, as_=ConfigError):
            await site.start()
        with stop_signals() as stop:
            ready(_bound_port(runner))
            await stop.wait()
    finally:
        with anyio.CancelScope(shield=True):
            await runner.cleanup()


def _bound_port(runner: web.AppRunner) -> int:
    address = runner.addresses[0]
    return int(address[1])
