"""Several servers at the start of a run: those that are there, one that comes later, one that is of no use."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from synthtools_stream.assembly.shared_servers import Servers
from synthtools_stream.chat.language_model import ChatRequest, Message, Sampling
from synthtools_stream.config import RunConfig
from synthtools_stream.embedded import EmbeddedModel, EmbeddedRates
from synthtools_stream.engine.task_group import alongside
from synthtools_stream.errors import UsageError
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.serving import BatchingEngine, Capacity, RequestLog, build_app


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@asynccontextmanager
async def serving(
    port: int | None = None, model: ScriptedModel | None = None, requests: RequestLog | None = None
) -> AsyncGenerator[str]:
    """Serve a model, by default the embedded one."""
    served = model or EmbeddedModel(EmbeddedRates.none())
    server = TestServer(build_app(served, BatchingEngine(Capacity()), requests=requests), port=port)
    await server.start_server(shutdown_timeout=0.0)
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.close()


@asynccontextmanager
async def opened(urls: list[str], say: Callable[[str], None], model: str = "") -> AsyncGenerator[Servers]:
    """Open servers as a run would."""
    config = RunConfig.build({"backend": "http", "server_url": [*urls], "model": model})
    async with AsyncExitStack() as stack:
        servers = Servers(config, stack, say)
        yield servers


async def test_those_that_are_alike_are_told_in_one_line() -> None:
    """Thirty-two lines say no more than one."""
    said: list[str] = []
    async with serving() as one, serving() as two, opened([one, two], said.append) as servers:
        await servers.open([one, two], "")
    assert len(said) == 1
    assert said[0].startswith(f"{one}, {two}: ")
    assert len(servers.facts) == 2


async def test_one_that_comes_later_is_taken_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A run begins with those that are there; the other one is told, and gets requests once it answers."""
    monkeypatch.setattr("synthtools_stream.assembly.shared_servers.LATE_S", 0.0)
    said: list[str] = []
    later, here, log = free_port(), asyncio.Event(), tmp_path / "requests"

    def say(line: str) -> None:
        said.append(line)
        if line.startswith(f"http://127.0.0.1:{later}: {found}"):
            here.set()

    found = ""
    async with serving() as one, opened([f"http://127.0.0.1:{later}", one], say) as servers:
        balancer = await servers.open([f"http://127.0.0.1:{later}", one], "")
        found = balancer.model
        assert any(line.endswith("it is taken in when it comes") for line in said)
        async with alongside([watch(say) for watch in servers.watches]), serving(later, requests=RequestLog(log)):
            await asyncio.wait_for(here.wait(), 30)
            probed = len(log.read_bytes().splitlines())
            for number in range(16):
                await balancer.chat(_request(balancer.model, f"e{number}"))
    assert 0 < len(log.read_bytes().splitlines()) - probed < 16


async def test_another_model_is_told_at_the_start() -> None:
    """A server that has another model is the user's mistake, however many others there are."""
    other = ScriptedModel(lambda _: "fine", model="another")
    async with serving() as one, serving(model=other) as two, opened([one, two], lambda _: None) as servers:
        with pytest.raises(UsageError, match="has no model"):
            await servers.open([one, two], "")


async def test_nobody_there() -> None:
    """Where none answers, the first is named."""
    first, second = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    async with opened([first, second], lambda _: None) as servers:
        with pytest.raises(UsageError, match=f"no server answers at {first}"):
            await servers.open([first, second], "")


def _request(model: str, session: str) -> ChatRequest:
    return ChatRequest(model, (Message("user", "u"),), Sampling(), 1, stage="generation", session=session)
