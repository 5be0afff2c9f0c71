"""A server of environments over real loopback HTTP, for tests of what its dialects say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientSession, ClientTimeout

from synthtools_stream.envserving.sessions import Players, Sessions
from synthtools_stream.envserving.worlds import Worlds
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.task_shelf import open_shelf
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.coded_task import coded

pytest.importorskip("mcp")

from synthtools_stream.envserving.access import Tokens
from synthtools_stream.envserving.environment_server import serve_worlds

__all__ = ["CLOSING", "CODED", "CONTROL", "GOLD", "NESTED", "SECRETS", "Served", "dataset", "serving"]

CODED = coded()
CLOSING = "There is 1 vessel. 36 containers are left on VS-81. 2 bookings are confirmed. The shipper has been told."
GOLD: list[tuple[str, JsonObject]] = [
    (call.name, call.arguments) for call in (parse_call(text) for text in CODED.gt_tool_calls)
]
"""The calls that solve the task."""
CONTROL = "control-secret"
NESTED = '{"a":' * 10_000 + "1" + "}" * 10_000
SECRETS = ("reward", "verdict", "solved")
"""Words that tell an agent how it did."""


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    url: str
    client: ClientSession
    worlds: Worlds

    async def control(self, path: str, method: str = "GET", **body: object) -> JsonObject:
        """Ask the control side."""
        headers = {"Authorization": f"Bearer {CONTROL}"}
        async with self.client.request(method, f"/control{path}", json=body or None, headers=headers) as response:
            told: JsonObject = await response.json()
            return told


def dataset(directory: Path, tasks: Sequence[Task] = (CODED,)) -> Path:
    """Write tasks as a dataset."""
    path = directory / "tasks.jsonl"
    path.write_bytes(b"".join(orjson.dumps(task.to_json()) + b"\n" for task in tasks))
    return path


@asynccontextmanager
async def serving(
    directory: Path, tasks: Sequence[Task] = (CODED,), *, most: int = 8, token: str = ""
) -> AsyncGenerator[Served]:
    """Serve tasks on a free port and yield a client of it."""
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    async with open_sandbox(1) as sandbox:
        worlds = Worlds(open_shelf(dataset(directory, tasks)), Sessions(Players(sandbox), most=most))
        async with asyncio.TaskGroup() as group:
            tokens = Tokens(CONTROL, token)
            server = group.create_task(
                serve_worlds(worlds, "127.0.0.1", 0, tokens, loopback=True, ready=port.set_result)
            )
            url = f"http://127.0.0.1:{await port}"
            async with ClientSession(url, timeout=ClientTimeout(total=20)) as client:
                yield Served(url, client, worlds)
            server.cancel()
        await worlds.sessions.aclose()
