"""Tasks as an OpenEnv server of its own, at the root."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import uvicorn
from aiohttp import ClientSession, ClientWebSocketResponse

from synthtools_stream.envserving.openenv_app import openenv_app
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from tests.envserving.envkit import CLOSING, CODED, GOLD, dataset


async def asked(wire: ClientWebSocketResponse, kind: str, data: Json) -> JsonObject:
    """Send a message and return the answer's data."""
    await wire.send_json({"type": kind, "data": data})
    return object_at(await wire.receive_json(), "data")


async def solve(url: str) -> JsonObject:
    """Do what solves the task, over the root's socket; returns the last step."""
    async with ClientSession(url) as client, client.ws_connect("/ws") as wire:
        first = await asked(wire, "reset", {"task_id": CODED.id})
        assert object_at(first, "observation")["task_id"] == CODED.id
        for name, arguments in GOLD:
            await asked(wire, "step", {"type": "call_tool", "tool_name": name, "arguments": arguments})
        told: JsonObject = {"message": CLOSING}
        return await asked(wire, "step", {"type": "call_tool", "tool_name": "submit_answer", "arguments": told})


async def status(client: ClientSession, path: str) -> int:
    """Return the status of a page."""
    async with client.get(path) as answered:
        return answered.status


async def test_solved_at_the_root(tmp_path: Path) -> None:
    """Health, description and episodes are where OpenEnv looks, and nothing else of ours is."""
    server = uvicorn.Server(uvicorn.Config(openenv_app(dataset(tmp_path)), log_config=None))
    # It listens already: who asks before the server has begun is answered once it has.
    with socket.create_server(("127.0.0.1", 0)) as sock:
        url = f"http://127.0.0.1:{sock.getsockname()[1]}"
        async with asyncio.TaskGroup() as group:
            group.create_task(server.serve(sockets=[sock]))
            try:
                async with ClientSession(url) as client:
                    assert [await status(client, path) for path in ("/health", "/openapi.json")] == [200, 200]
                    assert [await status(client, path) for path in ("/control/sessions", "/nemo-gym")] == [404, 404]
                assert (await solve(url))["reward"] == 1.0
            finally:
                server.should_exit = True
