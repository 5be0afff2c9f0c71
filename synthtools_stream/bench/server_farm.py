"""Many servers of the manners of `serve-model` in one process, some of them with an ill, and who is told how they do.

Each has slots, a rate for each request and `/metrics` of its own. Answers are canned, so that what is measured is who
asks, not a model. A port of its own tells how busy all of them are (`GET /`), and ends one (`POST /end/3`) or begins it
anew (`POST /begin/3`).
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple

import click
import orjson
import uvloop
from aiohttp import web

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Usage
from synthtools_stream.serving import BatchingEngine, Capacity, build_app
from synthtools_stream.values.jsontypes import Json

__all__ = ["MODEL", "Farm", "Ill", "Shape", "farm"]

MODEL = "canned"
_SHORTEST, _SPREAD = 60, 180
"""Tokens of an answer: from the one to both together, by the request's seed."""
_SLOWER = 4.0
"""How much slower the slow one is."""
_DROP_S = 0.0
"""Seconds that a server which dies gives its requests."""


class Ill(StrEnum):
    """What is the matter with a server."""

    none = "well"
    dies = "dies"
    """It is killed, and comes back."""
    slow = "slow"
    boasts = "boasts"
    """Its figures tell of no load, whatever there is."""
    whines = "whines"
    """Its figures tell of a full memory, always."""
    changes = "changes"
    """It is killed, and comes back with another model."""


class Shape(NamedTuple):
    """How many servers there are, and what each takes."""

    servers: int
    slots: int
    decode_tps: float
    ills: Sequence[Ill]
    """Of the first ones; the others are well."""

    def ill(self, index: int) -> Ill:
        """Return what is the matter with one."""
        return self.ills[index] if index < len(self.ills) else Ill.none


class Farm(NamedTuple):
    """Where the servers are."""

    control: str
    urls: Sequence[str]


class _Canned:
    """A model that says the same to everybody, at a length of its own."""

    model = MODEL

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer; what takes time is the engine."""
        usage = Usage(prompt_tokens=600, completion_tokens=_SHORTEST + request.seed % _SPREAD)
        return ChatReply("fine", usage=usage)

    async def aclose(self) -> None:
        """Nothing is held."""


class _Boastful(BatchingEngine):
    """An engine whose figures tell of no load."""

    @property
    def waiting(self) -> int:
        """None, whatever the queue is like."""
        return 0


class _Whining(BatchingEngine):
    """An engine whose figures tell of a full memory."""

    @property
    def kv_usage(self) -> float:
        """Full, whatever is used."""
        return 0.99


_ENGINES = {Ill.boasts: _Boastful, Ill.whines: _Whining}


class _Server:
    """One of them, which ends and begins again at the same port."""

    def __init__(self, shape: Shape, index: int) -> None:
        self.ill = shape.ill(index)
        rate = shape.decode_tps / (_SLOWER if self.ill is Ill.slow else 1.0)
        self._capacity = Capacity(slots=shape.slots, decode_tps=rate)
        self._runner: web.AppRunner | None = None
        self._engine = BatchingEngine(self._capacity)
        self.port = 0

    async def begin(self, names: Sequence[str] = ()) -> None:
        """Listen, at the port of before where there was one."""
        self._engine = _ENGINES.get(self.ill, BatchingEngine)(self._capacity)
        app = build_app(_Canned(), self._engine, names=names)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=_DROP_S, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True, backlog=1024).start()
        self.port = int(self._runner.addresses[0][1])

    async def end(self) -> None:
        """Drop everything, as a process that is killed does."""
        runner, self._runner = self._runner, None
        if runner is not None:
            if runner.server is not None:
                for connection in runner.server.connections:
                    if connection.transport is not None:
                        connection.transport.abort()
            await runner.cleanup()

    @property
    def running(self) -> int | None:
        """Requests in a slot; None while it is dead."""
        return self._engine.running if self._runner is not None else None


async def _serve(shape: Shape) -> None:
    servers = [_Server(shape, index) for index in range(shape.servers)]
    for server in servers:
        await server.begin()

    async def told(_request: web.Request) -> web.Response:
        busy: list[Json] = [server.running for server in servers]
        return web.json_response(busy)

    async def end(request: web.Request) -> web.Response:
        await servers[int(request.match_info["index"])].end()
        return web.Response()

    async def begin(request: web.Request) -> web.Response:
        server = servers[int(request.match_info["index"])]
        await server.begin(["another"] if server.ill is Ill.changes else ())
        return web.Response()

    app = web.Application()
    app.router.add_get("/", told)
    app.router.add_post("/end/{index}", end)
    app.router.add_post("/begin/{index}", begin)
    control = web.AppRunner(app, access_log=None)
    await control.setup()
    await web.TCPSite(control, "127.0.0.1", 0).start()
    click.echo(orjson.dumps([int(control.addresses[0][1]), *(server.port for server in servers)]).decode())
    sys.stdout.flush()
    await asyncio.Event().wait()


@contextmanager
def farm(shape: Shape) -> Generator[Farm]:
    """Run the servers in another process."""
    argv = [sys.executable, "-m", __spec__.name, str(shape.servers), str(shape.slots), str(shape.decode_tps)]
    with subprocess.Popen([*argv, *shape.ills], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            control, *ports = (f"http://127.0.0.1:{port}" for port in orjson.loads(process.stdout.readline()))
            yield Farm(control, ports)
        finally:
            process.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("servers", type=int)
    parser.add_argument("slots", type=int)
    parser.add_argument("decode_tps", type=float)
    parser.add_argument("ills", type=Ill, nargs="*")
    given = parser.parse_args()
    uvloop.run(_serve(Shape(given.servers, given.slots, given.decode_tps, given.ills)))
