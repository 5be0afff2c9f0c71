"""A server over real loopback HTTP, for tests of what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from aiohttp import ClientSession, ClientTimeout

from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.recorded.scripted_model import Answer, ScriptedModel
from synthtools_stream.serving import BatchingEngine, Capacity, build_app, serve
from synthtools_stream.values.jsontypes import Json, JsonObject

CHAT = "/v1/chat/completions"


def body(content: str = "hello", **more: Json) -> JsonObject:
    """Return a chat completion's body."""
    return {"model": "scripted", "messages": [{"role": "user", "content": content}], **more}


def says(answer: Answer) -> ScriptedModel:
    """Return a model that always answers the same."""
    return ScriptedModel(lambda _request: answer)


@asynccontextmanager
async def running(
    model: LanguageModel,
    load: Capacity | BatchingEngine | None = None,
    *,
    names: Sequence[str] = (),
    context_tokens: int = 100_000,
    body_limit: int = 1_000_000,
) -> AsyncGenerator[ClientSession]:
    """Serve `model` on a free port and yield a client of it."""
    engine = load if isinstance(load, BatchingEngine) else BatchingEngine(load or Capacity())
    app = build_app(model, engine, names=names, context_tokens=context_tokens, body_limit=body_limit)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as tasks:
        server = tasks.create_task(serve(app, port=0, ready=port.set_result))
        base = f"http://127.0.0.1:{await port}"
        async with ClientSession(base, timeout=ClientTimeout(total=20)) as client:
            yield client
        server.cancel()
