"""What bare aiohttp and orjson cost for a call: the floor beside a figure, and a measure of how busy the machine is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp
import orjson

__all__ = ["bare_us", "drive"]

_BODY_CHARS = 13_000
"""Characters of a request, about what the roles of a run send."""


async def drive(call: Callable[[], Awaitable[None]], in_flight: int, calls: int) -> None:
    """Make so many calls, `in_flight` at a time."""
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await call()

    async with asyncio.TaskGroup() as workers:
        for _ in range(in_flight):
            workers.create_task(work())


async def bare_us(url: str, in_flight: int, calls: int) -> float:
    """Return the CPU time of one POST and one answer read, in microseconds."""
    body = orjson.dumps({"messages": [{"role": "user", "content": "x" * _BODY_CHARS}]})
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def call() -> None:
            async with session.post(f"{url}/v1/chat/completions", data=body) as response:
                orjson.loads(await response.read())

        await drive(call, in_flight, in_flight)
        cpu = time.process_time()
        await drive(call, in_flight, calls)
        return 1e6 * (time.process_time() - cpu) / calls
