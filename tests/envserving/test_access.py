"""Access: the control side is shut to who lacks its token; the rest is open, unless the server was given one."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError

from tests.envserving.envkit import CODED, CONTROL, serving


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {CONTROL}", CONTROL])
async def test_control_side_is_shut(header: str, tmp_path: Path) -> None:
    """Whatever is shown instead of the token, every route of it says only that a token is needed."""
    async with serving(tmp_path) as served:
        for path in ("/control", "/control/sessions", "/control/tasks", f"/control/sessions?token={CONTROL}"):
            async with served.client.get(path, headers={"Authorization": header} if header else {}) as response:
                assert response.status == 401
                assert await response.json() == {"error": "a token is needed: `Authorization: Bearer …`"}


async def test_agents_token(tmp_path: Path) -> None:
    """With one, all but the health page needs it, as a header or in the URL; it does not open the control side."""
    async with serving(tmp_path, token="agents") as served:
        shown = {"Authorization": "Bearer agents"}
        for path, headers, status in (
            ("/health", {}, 200),
            ("/openenv/health", {}, 200),
            ("/openenv/schema", {}, 401),
            ("/openenv/schema?token=wrong", {}, 401),
            ("/openenv/schema?token=agents", {}, 200),
            ("/openenv/schema", shown, 200),
            ("/control/tasks", shown, 401),
        ):
            async with served.client.get(path, headers=headers) as response:
                assert (path, response.status) == (path, status)
        with pytest.raises(WSServerHandshakeError):
            await served.client.ws_connect("/openenv/ws")
        async with served.client.ws_connect("/openenv/ws", headers=shown) as socket:
            await socket.send_json({"type": "state"})
            assert (await socket.receive_json())["type"] == "state"


async def test_name_of_another_host(tmp_path: Path) -> None:
    """A page that was led to loopback by its own name cannot speak MCP here."""
    async with serving(tmp_path) as served:
        accept = {"Accept": "application/json, text/event-stream", "Host": "evil.example"}
        async with served.client.post(f"/mcp?task_id={CODED.id}", json={}, headers=accept) as response:
            assert response.status == 421
        assert len(served.worlds.sessions) == 0
