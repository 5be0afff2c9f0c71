"""Worlds served: who plays the tools, and which tokens are made."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientSession

from synthtools_stream.assembly import served_worlds
from synthtools_stream.assembly.served_worlds import Offer, serve_environments
from synthtools_stream.bench.measured_runs import served_model
from synthtools_stream.errors import UsageError
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.freight import proven

pytest.importorskip("mcp")

TASK = proven()
CALL: JsonObject = {
    "type": "call_tool",
    "tool_name": "SearchVessels",
    "arguments": {"arrive_by": "2026-03-20", "min_capacity": 3},
}
"""One that the ground truth does not make."""


def dataset(directory: Path) -> Path:
    """Write a dataset whose tools have no programs."""
    path = directory / "tasks.jsonl"
    path.write_bytes(orjson.dumps(TASK.to_json()) + b"\n")
    return path


def far(_host: str) -> bool:
    """Take any address for one that others reach."""
    return False


@asynccontextmanager
async def serving(offer: Offer, token: str = "", control_token: str = "") -> AsyncGenerator[tuple[str, list[str]]]:
    """Serve, and yield the URL and what was told."""
    told: list[str] = []
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(line: str) -> None:
        told.append(line)
        if found := re.search(r"at (http://\S+) \(stop", line):
            address.set_result(found[1])

    work = serve_environments(offer, "127.0.0.1", 0, token=token, control_token=control_token, notice=hear)
    async with asyncio.TaskGroup() as group:
        server = group.create_task(work)
        yield await address, told
        server.cancel()


async def answered(url: str) -> JsonObject:
    """Make the call over OpenEnv and return what was seen."""
    async with ClientSession(url) as client, client.ws_connect("/openenv/ws") as socket:
        await socket.send_json({"type": "reset", "data": {}})
        await socket.receive()
        await socket.send_json({"type": "step", "data": CALL})
        message: JsonObject = (await socket.receive_json())["data"]["observation"]
        return message


async def test_a_model_plays(tmp_path: Path) -> None:
    """Tools without programs are played by the model of the server that was named."""
    with served_model("--perfect") as url:
        async with serving(Offer(dataset(tmp_path), server_url=[url])) as (served, _):
            result = (await answered(served))["result"]
            assert isinstance(result, dict)
            assert result["status_code"] == 200


async def test_the_tape_plays(tmp_path: Path) -> None:
    """Without a model they answer what the ground truth asked, and tell of nothing else."""
    async with serving(Offer(dataset(tmp_path), tape_only=True)) as (served, _):
        result = (await answered(served))["result"]
        assert isinstance(result, dict)
        assert result["status_code"] == 500


async def test_nobody_plays(tmp_path: Path) -> None:
    """It is refused before anybody comes, with the options that would help."""
    with pytest.raises(UsageError, match=r"nobody plays.*--server-url.*--tape-only"):
        await serve_environments(
            Offer(dataset(tmp_path)), "127.0.0.1", 0, token="", control_token="", notice=lambda _line: None
        )


async def test_tokens_that_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control side always has one; agents need one off loopback. Those that were given are not repeated."""
    offer = Offer(dataset(tmp_path), tape_only=True)
    async with serving(offer) as (_, told):
        assert [line.split(": ")[0] for line in told[2:]] == ["control token"]
    monkeypatch.setattr(served_worlds, "_is_loopback", far)
    async with serving(offer) as (url, told), ClientSession(url) as client:
        assert [line.split(": ")[0] for line in told[2:]] == ["control token", "token"]
        shown = {"Authorization": f"Bearer {told[3].split(': ')[1]}"}
        for headers, status in (({}, 401), (shown, 200)):
            async with client.get("/openenv/schema", headers=headers) as response:
                assert response.status == status
    async with serving(offer, "for-agents", "for-trainers") as (_, told):
        assert len(told) == 2


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False)],
)
def test_loopback(host: str, loopback: bool) -> None:
    """Which addresses nobody else reaches."""
    assert served_worlds._is_loopback(host) == loopback
