"""The life of the server: a listening socket, until SIGINT or SIGTERM; and the one attempt of a server over stdio."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import anyio
import uvicorn
import websockets as websockets  # uvicorn speaks by it, and without it would refuse sockets with no clear word
from mcp.server.stdio import stdio_server

from synthtools_stream import __version__
from synthtools_stream.engine.task_group import alongside
from synthtools_stream.envserving.access import Tokens
from synthtools_stream.envserving.environment_app import build_environment_app
from synthtools_stream.envserving.mcp_dialect import McpFace
from synthtools_stream.envserving.sessions import Session
from synthtools_stream.envserving.worlds import Worlds
from synthtools_stream.errors import ConfigError, boundary
from synthtools_stream.serving import stop_signals

__all__ = ["serve_over_stdio", "serve_worlds"]

_GRACE_S = 2
"""Seconds that requests in flight may take to end once the server is told to stop."""
_FRAME_LIMIT = 16 * 1024 * 1024
"""Bytes of a web socket's frame: what is longer than a request may be is still read, to be refused by name."""


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


async def serve_worlds(
    worlds: Worlds, host: str, port: int, tokens: Tokens, *, loopback: bool, ready: Callable[[int], None]
) -> None:
    """Serve until cancelled, or until SIGINT or SIGTERM; `ready` is told the port once connections are taken.

    Port 0 takes a free one.

    :raises ConfigError: when the address cannot be listened on.
    """
    with _listening(host, port) as sock:
        bound = int(sock.getsockname()[1])
        app = build_environment_app(worlds, tokens, loopback=loopback, ready=lambda: ready(bound))
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                ws_max_size=_FRAME_LIMIT,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        with stop_signals() as stop:
            async with alongside([_end(server, stop)]):
                await server.serve(sockets=[sock])


async def serve_over_stdio(worlds: Worlds, task_id: str, *, seed: int = 0) -> Session:
    """Serve one attempt at a task over stdin and stdout until the client leaves or a signal comes; returns it.

    :raises UsageError: when there is no such task, or nobody can play it.
    """
    session = await worlds.begin(task_id, seed=seed, door="mcp")
    face = McpFace(worlds.sessions, __version__, only=session.id)
    with stop_signals() as stop:
        async with anyio.create_task_group() as tasks, stdio_server() as (read, write):

            async def end() -> None:
                await stop.wait()
                tasks.cancel_scope.cancel()

            tasks.start_soon(end)
            await face.server.run(read, write, face.server.create_initialization_options())
            tasks.cancel_scope.cancel()
    return session


async def _end(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


@contextmanager
def _listening(host: str, port: int) -> Generator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with boundary(f"cannot listen on {host}:{port}", OSError, as_=ConfigError):
        sock = socket.create_server((host, port), family=family, backlog=2048)
    with sock:
        yield sock
