"""One page of figures over HTTP, on this machine only."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio
from aiohttp import web

from synthtools_stream.errors import ConfigError, boundary

__all__ = ["served_metrics"]

_HOST = "127.0.0.1"
"""Figures tell models, addresses and money, and nobody is asked for a key."""
_GRACE_S = 1.0
"""Seconds that a page which is being read may take to end."""


@asynccontextmanager
async def served_metrics(port: int, page: Callable[[], bytes]) -> AsyncGenerator[str]:
    """Serve `page` under `/metrics` for as long as the block runs; gives the address. Port 0 takes a free one.

    :raises ConfigError: when the port cannot be listened on.
    """

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=page(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application()
    app.router.add_get("/metrics", answer)
    runner = web.AppRunner(app, shutdown_timeout=_GRACE_S, access_log=None)
    await runner.setup()
    try:
        with boundary(f"metrics_port: cannot listen on {_HOST}:{port}", OSError, as_=ConfigError):
            await web.TCPSite(runner, _HOST, port).start()
        yield f"http://{_HOST}:{runner.addresses[0][1]}/metrics"
    finally:
        with anyio.CancelScope(shield=True):
            await runner.cleanup()
