"""The web application: three dialects and the control side over one set of sessions."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from synthtools_stream import __version__
from synthtools_stream.envserving.access import Access, Tokens
from synthtools_stream.envserving.control import Control
from synthtools_stream.envserving.mcp_dialect import McpFace
from synthtools_stream.envserving.mcp_transport import McpTransport
from synthtools_stream.envserving.nemo_gym_dialect import NemoGym
from synthtools_stream.envserving.openenv_dialect import OpenEnv
from synthtools_stream.envserving.wire_answers import BODY_LIMIT, answer, route
from synthtools_stream.envserving.worlds import Worlds

__all__ = ["build_environment_app"]

_ON_LOOPBACK = TransportSecuritySettings(
    allowed_hosts=["127.0.0.1:*", "localhost:*", "[::1]:*"],
    allowed_origins=["http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"],
)
"""A page in a browser that was led to our address by its name's server must not act in our worlds."""


def build_environment_app(
    worlds: Worlds, tokens: Tokens, *, loopback: bool, ready: Callable[[], None] = lambda: None
) -> Starlette:
    """Return the application; `ready` is called once it can serve. The caller owns the sessions and closes them."""
    manager = StreamableHTTPSessionManager(
        McpFace(worlds.sessions, __version__).server,
        json_response=True,
        security_settings=_ON_LOOPBACK if loopback else None,
        session_idle_timeout=worlds.sessions.idle_s,
        max_request_body_size=BODY_LIMIT,
        max_sessions=worlds.sessions.most,
    )

    mcp = McpTransport(worlds, manager.handle_request)

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncGenerator[None]:
        async with manager.run(), anyio.create_task_group() as tasks:
            tasks.start_soon(worlds.sessions.sweep)
            ready()
            yield
            tasks.cancel_scope.cancel()

    return Starlette(
        routes=[
            Route("/health", route(_health), methods=["GET"]),
            Route("/mcp", mcp),
            *OpenEnv(worlds).routes(),
            *Control(worlds).routes(),
            *NemoGym(worlds, mcp).routes(),
        ],
        middleware=[Middleware(Access, tokens=tokens)],
        lifespan=life,
    )


async def _health(_request: Request) -> Response:
    return answer({"status": "healthy"})
