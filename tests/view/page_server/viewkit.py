"""A viewer over a small run, and a client that it lets in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from synthtools_stream.view.model_request import RequestsOf
from synthtools_stream.view.page_server.guards import Access
from synthtools_stream.view.page_server.view_app import build_view_app
from synthtools_stream.view.row_pages import RowPages
from synthtools_stream.view.row_shelf import RowShelf
from synthtools_stream.view.row_sources import find_sources

__all__ = ["NOW", "OPEN", "Client", "Told", "fetched", "viewed"]

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
OPEN = Access()
"""Anybody may look, from this machine."""

Client: TypeAlias = TestClient[web.Request, web.Application]


class Told(NamedTuple):
    """An answer of the server."""

    status: int
    text: str
    headers: Mapping[str, str]


@asynccontextmanager
async def viewed(*paths: Path, access: Access = OPEN, rebuild: RequestsOf | None = None) -> AsyncGenerator[Client]:
    """Serve the rows of some paths and yield a client."""
    with closing(RowShelf(find_sources(paths), lambda _done, _all: None, now=lambda: NOW)) as shelf:
        async with TestClient(TestServer(build_view_app(RowPages(shelf), access, rebuild))) as client:
            yield client


async def fetched(client: Client, address: str, headers: Mapping[str, str] | None = None) -> Told:
    """Fetch an address without following where it leads."""
    async with client.get(address, allow_redirects=False, headers={"Accept": "text/html", **(headers or {})}) as answer:
        return Told(answer.status, await answer.text(), answer.headers)
