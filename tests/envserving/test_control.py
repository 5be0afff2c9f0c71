"""The control side: what a trainer asks, and what it is refused."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.values.jsontypes import Json
from tests.envserving.envkit import CODED, CONTROL, GOLD, serving


async def test_tasks_and_sessions(tmp_path: Path) -> None:
    """Tasks by page; a session from its beginning to its end, with its world, and its reward once it is over."""
    async with serving(tmp_path) as served:
        assert await served.control("/tasks") == {"count": 1, "tasks": [CODED.id]}
        assert await served.control("/tasks?offset=1&limit=5") == {"count": 1, "tasks": []}
        begun = await served.control("/sessions", "POST", task_id=CODED.id, seed=3)
        path = f"/sessions/{begun['session_id']}"
        before = await served.control(path)
        assert (before["state"], before["over"], "reward" in before) == (CODED.initial_state, False, False)
        session = served.worlds.sessions.session(str(begun["session_id"]))
        await session.call(*GOLD[1])
        ended = await served.control(f"{path}/submit", "POST", message="Moved.")
        assert (ended["reward"], ended["steps"]) == (0.0, 2)
        assert isinstance(ended["verdict"], dict)
        assert ended["verdict"]["kind"] == "unsolved"
        assert await served.control(path) == ended
        assert await served.control(f"{path}/submit", "POST", message="Again.") == {
            "error": "the attempt is over: its verdict stands"
        }
        await served.control(path, "DELETE")
        assert "no such session" in str((await served.control(path))["error"])


async def test_refusals(tmp_path: Path) -> None:
    """One line each, with the status that fits."""
    async with serving(tmp_path, most=1) as served:

        async def status(method: str, path: str, body: Json = None) -> int:
            headers = {"Authorization": f"Bearer {CONTROL}"}
            async with served.client.request(method, f"/control{path}", json=body, headers=headers) as response:
                assert "\n" not in await response.text()
                return response.status

        assert await status("GET", "/tasks?offset=-1") == 400
        assert await status("POST", "/sessions", {"task_id": "nope"}) == 404
        assert await status("POST", "/sessions", {"task_id": 1}) == 400
        assert await status("POST", "/sessions", {"index": 1}) == 404
        assert await status("POST", "/sessions", {"index": 1.5}) == 400
        assert await status("POST", "/sessions", {}) == 400
        assert await status("POST", "/sessions", {"index": 0}) == 201
        assert await status("POST", "/sessions", {"index": 0}) == 503
        [session] = served.worlds.sessions.all()
        assert await status("POST", f"/sessions/{session.id}/submit", {}) == 400
        assert await status("GET", "/sessions/nope") == 404
        assert await status("GET", "/nothing") == 404
