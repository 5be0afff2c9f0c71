"""MCP: the official client acts in a task, and learns nothing but what its calls are answered."""

from __future__ import annotations

import asyncio
import sys
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import orjson
import pytest

from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.envserving.envkit import CLOSING, CODED, GOLD, NESTED, SECRETS, Served, dataset, serving

pytest.importorskip("mcp")

from mcp import Client, MCPError, StdioServerParameters, stdio_client, types

ACCEPT = {"Accept": "application/json, text/event-stream"}
TASK = quote(CODED.id)


def address(served: Served, query: str = f"task_id={TASK}") -> str:
    """Return where MCP is spoken."""
    return f"{served.url}/mcp?{query}"


def told(result: types.CallToolResult) -> JsonObject:
    """Return what a call was answered."""
    [content] = result.content
    assert isinstance(content, types.TextContent)
    answer: JsonObject = orjson.loads(content.text)
    assert result.is_error == (answer["status_code"] != 200)
    return answer


async def only_session(served: Served) -> JsonObject:
    """Return what the control side says of the one session that is open."""
    listed = (await served.control("/sessions"))["sessions"]
    assert isinstance(listed, list)
    assert len(listed) == 1
    [session] = listed
    assert isinstance(session, dict)
    return await served.control(f"/sessions/{session['session_id']}")


async def refused(url: str, mode: str = "auto") -> str:
    """Return what a client that connects is told."""
    with pytest.raises(ExceptionGroup) as caught:
        async with Client(url, mode=mode) as client:
            await client.list_tools()
    failure: BaseException = caught.value
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    assert isinstance(failure, MCPError)
    return failure.message


async def test_solved_over_http(tmp_path: Path) -> None:
    """The request as prompt and resource, the tools, the calls; reward 1.0 for the control side alone."""
    async with serving(tmp_path) as served:
        async with Client(address(served)) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            assert names == [*(tool.tool_name for tool in CODED.tools), "submit_answer"]
            [message] = (await client.get_prompt("request")).messages
            assert isinstance(message.content, types.TextContent)
            assert message.content.text.startswith(CODED.summary)
            [resource] = (await client.list_resources()).resources
            [content] = (await client.read_resource(resource.uri)).contents
            assert isinstance(content, types.TextResourceContents)
            assert content.text == message.content.text
            for name, arguments in GOLD:
                assert told(await client.call_tool(name, dict(arguments)))["status_code"] == 200
            assert "reward" not in await only_session(served)
            ended = await client.call_tool("submit_answer", {"message": CLOSING})
            assert told(ended) == {"status_code": 200, "response": {"ended": True}}
        after = await only_session(served)
        assert (after["reward"], after["over"], after["door"]) == (1.0, True, "mcp")


async def test_nothing_leaks_and_nothing_goes_on(tmp_path: Path) -> None:
    """Every listed and reserved name, before and after the submission: no word of the verdict; then errors only."""
    reserved = ["verify", "seed_session", "aggregate_metrics", "reset", "step", "state", "close", "mcp"]
    async with serving(tmp_path) as served, Client(address(served)) as client:
        listed = [tool.name for tool in (await client.list_tools()).tools]
        nothing = {"message": "I did nothing."}
        said = [told(await client.call_tool(name, nothing)) for name in [*reserved, *listed]]
        assert (await only_session(served))["reward"] == 0.0
        after = [told(await client.call_tool(name, {"message": CLOSING})) for name in [*listed, *reserved]]
        assert all(answer["status_code"] == 400 for answer in after)
        assert not any(word in orjson.dumps([said, after]).decode() for word in SECRETS)
        assert (await only_session(served))["reward"] == 0.0


async def test_sessions_are_apart_and_bounded(tmp_path: Path) -> None:
    """Two clients of one task have a world each; one too many is told so; who leaves having done nothing makes room."""
    async with serving(tmp_path, most=2) as served:
        async with Client(address(served)) as one, Client(address(served)) as other:
            name, arguments = GOLD[1]
            await one.call_tool(name, dict(arguments))
            await other.list_tools()
            states = [session.env.state for session in served.worlds.sessions.all()]
            assert states[0] != states[1] == CODED.initial_state
            assert "2 sessions are open" in await refused(address(served))
        assert len(served.worlds.sessions) == 1


async def test_session_made_on_the_control_side(tmp_path: Path) -> None:
    """Its URL is all that a client needs, also two clients', and one that knows no sessions; it outlives them."""
    async with serving(tmp_path) as served:
        begun = await served.control("/sessions", "POST", index=0)
        url = f"{served.url}{begun['mcp']}"
        async with Client(url) as one, Client(url) as other, Client(url, mode="2026-07-28") as modern:
            name, arguments = GOLD[1]
            told_all = await asyncio.gather(*(c.call_tool(name, dict(arguments)) for c in (one, other, modern)))
            assert [told(result)["status_code"] for result in told_all].count(200) >= 1
        session = await only_session(served)
        assert (session["steps"], session["door"], session["session_id"]) == (3, "control", begun["session_id"])
        ended = await served.control(f"/sessions/{begun['session_id']}/submit", "POST", message="Done.")
        assert ended["reward"] == 0.0
        closed = await served.control(f"/sessions/{begun['session_id']}", "DELETE")
        assert closed == {"session_id": begun["session_id"], "closed": True}
        assert "no such session" in await refused(url)


async def test_wrong_addresses(tmp_path: Path) -> None:
    """Each is told what is wrong, and no session is left behind."""
    async with serving(tmp_path) as served:
        assert await refused(address(served, "task_id=nope")) == "the dataset holds no task 'nope'"
        assert (await refused(address(served, "x=1"))).startswith("say which task")
        assert "whole number" in await refused(address(served, f"task_id={TASK}&seed=-1"))
        assert "no such session" in await refused(address(served, "session_id=nope"))
        assert "no such session" in await refused(address(served), "2026-07-28")
        async with served.client.post(f"/mcp?task_id={TASK}", data=b"{}", headers=ACCEPT) as response:
            assert response.status >= 400
        async with served.client.get(f"/mcp?task_id={TASK}", headers=ACCEPT) as response:
            assert response.status == 405
        assert len(served.worlds.sessions) == 0


async def test_malformed_calls_harm_nobody(tmp_path: Path) -> None:
    """Wrong arguments, 10 MB, nesting without end: one line each, and the session goes on."""
    async with serving(tmp_path) as served, Client(address(served)) as client:
        name, arguments = GOLD[0]
        assert "unknown parameter" in str(told(await client.call_tool(name, {"nope": 1}))["error_message"])
        assert "needs `message`" in str(told(await client.call_tool("submit_answer", {"message": 1}))["error_message"])
        deep: Json = 1
        for _ in range(100):
            deep = [deep]
        assert "levels deep" in str(told(await client.call_tool(name, {"a": deep}))["error_message"])
        [session] = served.worlds.sessions.all()
        headers = {**ACCEPT, "Content-Type": "application/json", "mcp-session-id": session.id}
        for body, status in ((b'{"a":"' + b"x" * 10_000_000 + b'"}', 413), (NESTED.encode(), 400)):
            async with served.client.post(f"/mcp?task_id={TASK}", data=BytesIO(body), headers=headers) as response:
                assert response.status == status
        assert told(await client.call_tool(name, dict(arguments)))["status_code"] == 200


async def test_client_that_leaves_in_a_call(tmp_path: Path) -> None:
    """Its session stays whole for who comes after it."""
    async with serving(tmp_path) as served:
        begun = await served.control("/sessions", "POST", task_id=CODED.id)
        url = f"{served.url}{begun['mcp']}"
        async with Client(url, mode="2026-07-28") as client:
            leaving = asyncio.create_task(client.call_tool(GOLD[0][0], dict(GOLD[0][1])))
            await asyncio.sleep(0)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await leaving
        async with Client(url) as client:
            for name, arguments in GOLD:
                assert told(await client.call_tool(name, dict(arguments)))["status_code"] == 200


async def test_over_stdio(tmp_path: Path) -> None:
    """The command serves one attempt to whoever starts it, and writes the verdict where the trainer said."""
    verdict = tmp_path / "verdict.json"
    arguments = ["serve-env", "--dataset", str(dataset(tmp_path)), "--stdio", "--task-id", CODED.id]
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "synthtools_stream", *arguments, "--verdict", str(verdict)]
    )
    async with Client(stdio_client(command)) as client:
        for name, call in GOLD:
            assert told(await client.call_tool(name, dict(call)))["status_code"] == 200
        await client.call_tool("submit_answer", {"message": CLOSING})
    written = orjson.loads(verdict.read_bytes())
    assert (written["reward"], written["over"], written["task_id"]) == (1.0, True, CODED.id)
