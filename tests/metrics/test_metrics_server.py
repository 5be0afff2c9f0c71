"""The page of figures over HTTP."""

from __future__ import annotations

import aiohttp
import pytest

from synthtools_stream.errors import ConfigError
from synthtools_stream.metrics.metrics_server import served_metrics


async def test_page_is_served_while_the_block_runs() -> None:
    """The page is made anew for each who asks, and gone after the block."""
    asked: list[bytes] = []

    def page() -> bytes:
        asked.append(b"x")
        return b"figure %d\n" % len(asked)

    async with aiohttp.ClientSession() as session:
        async with served_metrics(0, page) as address:
            for number in (1, 2):
                async with session.get(address) as response:
                    assert (response.status, await response.read()) == (200, b"figure %d\n" % number)
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(address)


async def test_a_port_in_use_is_one_line() -> None:
    """Who holds the port is not asked; what to change is named."""
    async with served_metrics(0, lambda: b"") as address:
        port = int(address.split(":")[2].split("/")[0])
        with pytest.raises(ConfigError, match=rf"^metrics_port: cannot listen on 127.0.0.1:{port}: .*in use"):
            async with served_metrics(port, lambda: b""):
                pass
