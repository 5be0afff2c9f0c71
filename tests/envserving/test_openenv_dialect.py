"""OpenEnv: episodes over a web socket, tasks and JSON-RPC over HTTP; the reward on the closing step only."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientWebSocketResponse

from synthtools_stream.toolcalls import tool_json_schema
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.envserving.envkit import CLOSING, CODED, GOLD, NESTED, SECRETS, Served, serving
from tests.proof.freight import proven

SUBMIT: JsonObject = {"type": "call_tool", "tool_name": "submit_answer", "arguments": {"message": CLOSING}}


class Socket:
    """A client of the web socket."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, kind: str, data: Json = None) -> JsonObject:
        """Send a message and return what is answered."""
        message: JsonObject = {"type": kind} if data is None else {"type": kind, "data": data}
        await self._socket.send_json(message)
        return await self.receive()

    async def raw(self, text: str) -> JsonObject:
        """Send a text and return what is answered."""
        await self._socket.send_str(text)
        return await self.receive()

    async def receive(self) -> JsonObject:
        """Return the next message."""
        message: JsonObject = await self._socket.receive_json()
        return message

    async def call(self, name: str, arguments: JsonObject) -> JsonObject:
        """Call a tool and return the observation's message."""
        return await self.send("step", {"type": "call_tool", "tool_name": name, "arguments": arguments})


@asynccontextmanager
async def connected(served: Served, query: str = "") -> AsyncGenerator[Socket]:
    """Yield a client that is connected."""
    async with served.client.ws_connect(f"/openenv/ws{query}") as socket:
        yield Socket(socket)


def data(message: JsonObject, kind: str = "observation") -> JsonObject:
    """Return a message's data, of the kind that it must be."""
    assert message["type"] == kind, message
    found = message["data"]
    assert isinstance(found, dict)
    return found


def seen(message: JsonObject) -> JsonObject:
    """Return the observation of a message."""
    found = data(message)["observation"]
    assert isinstance(found, dict)
    return found


async def test_solved_episode(tmp_path: Path) -> None:
    """Reset, tools, calls, state; the reward once, with the step that closes."""
    async with serving(tmp_path) as served, connected(served) as socket:
        first = seen(await socket.send("reset", {"seed": 3, "episode_id": "e1", "task_id": CODED.id}))
        assert str(first["request"]).startswith(CODED.summary)
        listed = seen(await socket.send("step", {"type": "list_tools"}))["tools"]
        assert listed == first["tools"]
        assert isinstance(listed, list)
        assert isinstance(listed[0], dict)
        assert listed[0]["input_schema"] == tool_json_schema(CODED.tools[0])
        rewards: list[Json] = []
        for name, arguments in GOLD:
            message = data(await socket.call(name, arguments))
            rewards.append(message["reward"])
            assert message["done"] is False
        state = data(await socket.send("state"), "state")
        assert (state["episode_id"], state["step_count"], state["done"]) == ("e1", len(GOLD), False)
        closing = data(await socket.send("step", SUBMIT))
        assert (closing["reward"], closing["done"]) == (1.0, True)
        again = data(await socket.send("step", SUBMIT))
        assert (again["reward"], again["done"]) == (None, True)
        assert rewards == [None] * len(GOLD)


async def test_failing_episode_and_the_next(tmp_path: Path) -> None:
    """An agent that does nothing gets 0.0; a reset begins anew, and nothing is left of the old one."""
    async with serving(tmp_path) as served, connected(served) as socket:
        for _ in range(2):
            await socket.send("reset", {})
            assert data(await socket.send("step", SUBMIT))["reward"] == 0.0
        assert len(served.worlds.sessions) == 1
        await socket.send("reset")
        assert data(await socket.send("state"), "state")["step_count"] == 0


async def test_reserved_names_tell_nothing(tmp_path: Path) -> None:
    """Neither as tools nor after the end does a name lead to the verdict."""
    async with serving(tmp_path) as served, connected(served) as socket:
        await socket.send("reset", {"index": 0})
        for name in ("reset", "step", "state", "close", "verify", "seed_session", "mcp"):
            error = seen(await socket.call(name, {}))["error"]
            assert isinstance(error, dict)
            assert error["error_type"] == "tool_not_found"
        rpc: JsonObject = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        ended = await socket.send("mcp", {**rpc, "params": {"name": "submit_answer", "arguments": {"message": "x"}}})
        assert not any(word in str(ended) for word in SECRETS)
        after = seen(await socket.call(*GOLD[0]))["error"]
        assert after == {
            "error_type": "execution_error",
            "message": "the attempt is over: nothing more can be called",
        }
        assert data(await socket.send("step", SUBMIT))["reward"] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "INVALID_JSON"),
        (NESTED, "INVALID_JSON"),
        ("[" * 200 + "]" * 200, "VALIDATION_ERROR"),
        ('{"type":"step","data":' + '{"a":' * 200 + "1" + "}" * 201, "VALIDATION_ERROR"),
        ("[]", "VALIDATION_ERROR"),
        ('{"type":"fly"}', "UNKNOWN_TYPE"),
        ('{"type":"state","data":"' + "x" * 5_000_000 + '"}', "VALIDATION_ERROR"),
        ('{"type":"step"}', "VALIDATION_ERROR"),
        ('{"type":"step","data":{"type":"call_tool","tool_name":"a","extra":1}}', "VALIDATION_ERROR"),
        ('{"type":"reset","data":{"seed":-1}}', "VALIDATION_ERROR"),
        ('{"type":"reset","data":{"task_id":"nope"}}', "EXECUTION_ERROR"),
        ('{"type":"reset","data":{"index":7}}', "EXECUTION_ERROR"),
        ('{"type":"reset","data":{"split":"test"}}', "EXECUTION_ERROR"),
        ('{"type":"mcp","data":1}', "VALIDATION_ERROR"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_bad_messages(text: str, code: str, tmp_path: Path) -> None:
    """Each is told in one line what is wrong, and the episode goes on."""
    async with serving(tmp_path) as served, connected(served) as socket:
        await socket.send("reset", {})
        error = data(await socket.raw(text), "error")
        assert error["code"] == code
        assert "\n" not in str(error["message"])
        if "reset" not in text:
            assert seen(await socket.call(*GOLD[0]))["error"] is None


async def test_before_a_reset_and_without_room(tmp_path: Path) -> None:
    """A step needs an episode; a full server says so; a socket that leaves makes room."""
    async with serving(tmp_path, [CODED, proven()], most=1) as served:
        async with connected(served) as one, connected(served) as other:
            assert data(await one.send("step", {"type": "list_tools"}), "error")["message"] == "reset first"
            unplayed = data(await one.send("reset", {"index": 1}), "error")
            assert "nobody plays" in str(unplayed["message"])
            await one.send("reset", {})
            assert data(await other.send("reset", {}), "error")["code"] == "CAPACITY_REACHED"
        async with connected(served) as third:
            assert data(await third.send("reset", {}))["done"] is False


async def test_session_over_http(tmp_path: Path) -> None:
    """JSON-RPC begins, lists, calls and ends; a socket may attach, once, and is not given the reward."""
    async with serving(tmp_path) as served:

        async def rpc(method: str, **params: Json) -> JsonObject:
            body: JsonObject = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
            async with served.client.post("/openenv/mcp", json=body) as response:
                answer: JsonObject = await response.json()
                assert answer["id"] == 7
                return answer

        result = (await rpc("openenv/session/create", task_id=CODED.id))["result"]
        assert isinstance(result, dict)
        session_id = result["session_id"]
        listed = (await rpc("tools/list", session_id=session_id))["result"]
        assert isinstance(listed, dict)
        for name, arguments in GOLD:
            answer = await rpc("tools/call", session_id=session_id, name=name, arguments=arguments)
            assert "result" in answer
        assert "error" in await rpc("tools/call", session_id=session_id, name="verify", arguments={})
        assert "error" in await rpc("tools/call", session_id=session_id, name=1, arguments={})
        assert "error" in await rpc("tools/call", session_id="nope", name="verify", arguments={})
        assert "error" in await rpc("reset", session_id=session_id)
        assert "error" in await rpc("openenv/session/create", task_id="nope")
        query = f"?session_id={session_id}"
        async with connected(served, query) as one:
            assert data(await one.send("state"), "state")["session_id"] == session_id
            assert data(await one.send("reset", {}), "error")["code"] == "SESSION_ERROR"
            async with connected(served, query) as other:
                assert data(await other.receive(), "error")["message"] == "another socket is attached to this session"
            closing = data(await one.send("step", SUBMIT))
            assert (closing["reward"], closing["done"]) == (None, True)
        assert (await served.control(f"/sessions/{session_id}"))["reward"] == 1.0
        assert (await rpc("openenv/session/close", session_id=session_id))["result"]
        async with connected(served, query) as late:
            assert data(await late.receive(), "error")["code"] == "SESSION_ERROR"


async def test_no_socket_on_an_agents_session(tmp_path: Path) -> None:
    """A session of another dialect cannot be asked for its reward by attaching to it."""
    async with serving(tmp_path) as served:
        begun = await served.control("/sessions", "POST", task_id=CODED.id)
        async with connected(served, f"?session_id={begun['session_id']}") as socket:
            assert "no socket can attach" in str(data(await socket.receive(), "error")["message"])


async def test_pages(tmp_path: Path) -> None:
    """What the environment says of itself, and its tasks."""
    async with serving(tmp_path) as served:

        async def asked(path: str, **body: Json) -> Json:
            method = "POST" if body else "GET"
            async with served.client.request(method, f"/openenv{path}", json=body or None) as response:
                answer: Json = await response.json()
                return answer if response.status == 200 else response.status

        assert await asked("/health") == {"status": "healthy"}
        metadata = await asked("/metadata")
        assert isinstance(metadata, dict)
        assert {"name", "description", "version"} == metadata.keys()
        schema = await asked("/schema")
        assert isinstance(schema, dict)
        assert {"action", "observation", "reset_observation", "state"} == schema.keys()
        assert await asked("/state") == {"episode_id": None, "step_count": 0, "done": False}
        assert await asked("/list_environments") == ["synthtools"]
        assert await asked("/synthtools/splits") == [{"name": "train", "type": "train"}]
        assert await asked("/synthtools/num_tasks", split="train") == {"num_tasks": 1}
        task: JsonObject = {"task_id": CODED.id}
        assert await asked("/synthtools/task", split="train", index=0) == {"task": task}
        assert await asked("/synthtools/task_range", split="train", start=None, stop=5) == {"tasks": [task]}
        assert await asked("/synthtools/tasks", split="train") == {"tasks": [task], "env_name": "synthtools"}
        assert await asked("/synthtools/task", split="train", index=9) == 404
        assert await asked("/synthtools/num_tasks", split="test") == 404
        assert await asked("/other/num_tasks", split="train") == 404


async def test_stateless_routes(tmp_path: Path) -> None:
    """A reset over HTTP shows the first observation and keeps nothing; a step is told where to go."""
    async with serving(tmp_path) as served:
        async with served.client.post("/openenv/reset", json={"task_id": CODED.id, "seed": 1}) as answered:
            told = await answered.json()
            assert (answered.status, told.keys()) == (200, {"observation", "reward", "done"})
            assert told["observation"]["task_id"] == CODED.id
        assert len(served.worlds.sessions) == 0
        for body, status, words in (
            ({"action": SUBMIT}, 409, "/ws"),
            ({"action": {"type": "fly"}}, 422, "no action"),
            ({}, 422, "no action"),
        ):
            async with served.client.post("/openenv/step", json=body) as answered:
                assert answered.status == status
                assert words in (await answered.json())["error"]
        async with served.client.post("/openenv/reset", json={"seed": -1}) as answered:
            assert answered.status == 422


async def test_description(tmp_path: Path) -> None:
    """By the routes that `/openapi.json` tells of, OpenEnv's own validation knows a server that simulates."""
    async with serving(tmp_path) as served, served.client.get("/openenv/openapi.json") as answered:
        told = await answered.json()
        assert isinstance(told["info"]["version"], str)
        assert {"/reset", "/step", "/state"} < told["paths"].keys()
        assert all(said["summary"] for methods in told["paths"].values() for said in methods.values())
