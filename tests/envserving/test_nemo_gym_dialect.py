"""NeMo Gym: seeded by a row, called tool by tool, verified once by whoever has the row's key."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import orjson
import pytest
from aiohttp import ClientSession, CookieJar
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from synthtools_stream.envserving.gym_metrics import aggregate
from synthtools_stream.envserving.nemo_gym_row import gym_row
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from tests.envserving.envkit import CLOSING, CODED, GOLD, NESTED, SECRETS, Served, serving

ROW = gym_row(CODED)


def response(text: str = CLOSING, *more: JsonObject) -> JsonObject:
    """Return the Responses object of an agent that says this at last."""
    content: list[Json] = [{"type": "output_text", "text": text, "annotations": []}]
    return {"output": [{"type": "message", "role": "assistant", "content": content}, *more], "object": "response"}


class Rollout:
    """One agent server's client, with a cookie of its own."""

    def __init__(self, client: ClientSession, path: str = "/nemo-gym") -> None:
        self._client = client
        self._path = path

    async def post(self, name: str, body: Json) -> tuple[int, JsonObject]:
        """Return status and answer."""
        async with self._client.post(f"{self._path}/{name}", json=body) as answered:
            return answered.status, await answered.json()

    async def seed(self) -> JsonObject:
        """Begin, and return what an agent that speaks MCP is told."""
        status, seeded = await self.post("seed_session", ROW)
        assert status == 200
        return object_at(seeded, "mcp")

    async def verify(self, told: JsonObject) -> tuple[int, JsonObject]:
        """Verify the way the taskset does: the row and the response."""
        return await self.post("verify", {**ROW, "response": told})


def rollout(served: Served) -> ClientSession:
    """Return a client that keeps cookies, also of an address that is a number."""
    return ClientSession(served.url, cookie_jar=CookieJar(unsafe=True))


@pytest.mark.parametrize("path", ["/nemo-gym", ""])
async def test_whole_rollout(path: str, tmp_path: Path) -> None:
    """Seeded, called, verified: reward 1.0 beside the row as it was sent, and never again; at the root as well."""
    async with serving(tmp_path) as served, rollout(served) as client:
        agent = Rollout(client, path)
        await agent.seed()
        for name, arguments in GOLD:
            status, told = await agent.post(name, arguments)
            assert (status, told["status_code"]) == (200, 200)
        status, verified = await agent.verify(response())
        assert (status, verified["reward"], verified["calls"]) == (200, 1.0, len(GOLD))
        assert verified["mask_sample"] is False
        assert {key: verified[key] for key in ROW} == ROW
        assert (await agent.verify(response()))[0] == 404
        assert (await agent.post(*GOLD[0]))[0] == 404
        assert len(served.worlds.sessions) == 0


@pytest.mark.parametrize("path", ["/nemo-gym", ""])
async def test_rollout_over_mcp(path: str, tmp_path: Path) -> None:
    """An agent that speaks MCP acts in the session of the cookie by the hint, and has nothing to submit by."""
    async with serving(tmp_path, token="guarded") as served, rollout(served) as client:
        client.headers["Authorization"] = "Bearer guarded"
        agent = Rollout(client, path)
        hint = await agent.seed()
        assert (hint["server_name"], hint["transport"]) == ("synthtools", "http")
        headers = {name: str(value) for name, value in object_at(hint, "headers").items()}
        async with create_mcp_http_client(headers=headers) as http:
            transport = streamable_http_client(f"{served.url}{path}{hint['url_path']}", http_client=http)
            async with Client(transport) as speaker:
                assert [tool.name for tool in (await speaker.list_tools()).tools] == [
                    tool.tool_name for tool in CODED.tools
                ]
                for name, arguments in GOLD:
                    assert not (await speaker.call_tool(name, dict(arguments))).is_error
                assert (await speaker.call_tool("submit_answer", {"message": CLOSING})).is_error
        assert len(served.worlds.sessions) == 1
        status, verified = await agent.verify(response())
        assert (status, verified["reward"]) == (200, 1.0)


@pytest.mark.parametrize(
    "told",
    [
        response("I did nothing."),
        {"output": []},
        response(CLOSING, {"type": "function_call", "name": "x", "arguments": "{}"}),
    ],
)
async def test_failing_agent(told: JsonObject, tmp_path: Path) -> None:
    """Who does nothing gets 0.0, whatever is said."""
    async with serving(tmp_path) as served, rollout(served) as client:
        agent = Rollout(client)
        await agent.post("seed_session", ROW)
        status, verified = await agent.verify(told)
        assert (status, verified["reward"]) == (200, 0.0)


async def test_agent_learns_nothing(tmp_path: Path) -> None:
    """It may call whatever name: without the row's key there is no verdict, and its session stays as it was."""
    async with serving(tmp_path) as served, rollout(served) as client:
        agent = Rollout(client)
        await agent.post("seed_session", ROW)
        guess: JsonObject = {"task_id": CODED.id, "responses_create_params": {}, "response": response()}
        said = [
            await agent.post(name, body)
            for name in ("verify", "seed_session", "aggregate_metrics", "mcp", "submit_answer", "close_session")
            for body in ({}, guess, {**guess, "task_key": "0" * 32}, {**guess, "task_key": 1})
        ]
        assert all(status in (400, 403, 404) for status, _ in said)
        assert not any(word in orjson.dumps([told for _, told in said]).decode() for word in SECRETS)
        assert len(served.worlds.sessions) == 1
        for name, arguments in GOLD:
            assert (await agent.post(name, arguments))[0] == 200
        assert (await agent.verify(response()))[1]["reward"] == 1.0


async def test_bad_requests(tmp_path: Path) -> None:
    """One line each."""
    async with serving(tmp_path) as served, rollout(served) as client:
        agent = Rollout(client)
        assert (await agent.post(*GOLD[0]))[0] == 404
        assert (await agent.post("seed_session", {**ROW, "task_id": "nope"}))[0] == 404
        assert (await agent.post("seed_session", {**ROW, "task_id": 1}))[0] == 400
        await agent.post("seed_session", ROW)
        assert (await agent.post(GOLD[0][0], []))[0] == 400
        assert (await agent.post(GOLD[0][0], {"nope": 1}))[0] == 400
        assert (await agent.post("verify", {**ROW, "response": 1}))[0] == 400
        for body, status in (
            (b'{"a":"' + b"x" * 10_000_000 + b'"}', 413),
            (NESTED.encode(), 400),
            (b'{"a":' + b"[" * 70 + b"]" * 70 + b"}", 400),
            (b"{", 400),
        ):
            async with client.post(f"/nemo-gym/{GOLD[0][0]}", data=BytesIO(body)) as answered:
                told = await answered.json()
                assert answered.status == status
                assert "\n" not in str(told)
        assert (await agent.post(*GOLD[0]))[0] == 200


async def test_pages(tmp_path: Path) -> None:
    """Reverifying is not offered; the control side has the rows."""
    async with serving(tmp_path) as served:
        async with served.client.get("/nemo-gym/reverify_mode") as answered:
            assert (await answered.json()) == {"mode": "unsupported"}
        headers = {"Authorization": "Bearer control-secret"}
        async with served.client.get("/control/nemo-gym/rows", headers=headers) as answered:
            assert [orjson.loads(line) for line in (await answered.read()).splitlines()] == [ROW]
        attempts: list[Json] = [{"reward": 1.0}]
        async with served.client.post("/nemo-gym/aggregate_metrics", json={"verify_responses": attempts}) as answered:
            assert (await answered.json())["key_metrics"] == {"mean/reward": 1.0}


def test_aggregate() -> None:
    """Means over all and by task; what measured nothing counts nowhere, and neither does what is no number."""
    found = aggregate(
        [
            {"task_id": "a", "reward": 1.0, "calls": 4, "note": "x"},
            {"task_id": "a", "reward": 0.0, "calls": 2},
            {"task_id": "b", "reward": 0.0, "calls": float("nan")},
            {"task_id": "b", "reward": 0.0, "mask_sample": True},
        ]
    )
    assert found["agent_metrics"] == {"mean/reward": 1 / 3, "mean/calls": 3.0}
    assert found["key_metrics"] == {"mean/reward": 1 / 3}
    assert found["group_level_metrics"] == [
        {"task_id": "a", "mean/reward": 0.5, "mean/calls": 3.0},
        {"task_id": "b", "mean/reward": 0.0},
    ]
    assert aggregate([]) == {"group_level_metrics": [], "agent_metrics": {}, "key_metrics": {}}


def test_row() -> None:
    """Tools are flat, and not strict: optional arguments may be left out; the key is the whole task's."""
    params = ROW["responses_create_params"]
    assert isinstance(params, dict)
    tools = params["tools"]
    assert isinstance(tools, list)
    assert isinstance(tools[0], dict)
    assert tools[0].keys() == {"type", "name", "description", "parameters", "strict"}
    other = gym_row(CODED.model_copy(update={"gt_tool_calls": CODED.gt_tool_calls[:1]}))
    assert other["task_key"] != ROW["task_key"]
