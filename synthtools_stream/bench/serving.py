"""Serving: calls a second that `serve-env` answers, dialect by dialect, while a thousand sessions are open.

The server is a process of its own; the clients here speak each protocol as plainly as it can be spoken, so that what is
measured is the server. Beside the dialects stands a request that asks for nothing: what HTTP alone costs here.
"""

from __future__ import annotations

import subprocess
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeAlias
from urllib.parse import quote

import aiohttp

from synthtools_stream.bench.bare_calls import drive
from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.measured_runs import RunShape, run_command, served
from synthtools_stream.bench.memory import rss_mib
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.envserving.nemo_gym_row import gym_row
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.task_shelf import open_shelf
from synthtools_stream.toolcalls import WireNames, parse_call
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM", "main"]

AIM = 1000
"""Sessions that are open at once."""
_CONTROL = "bench"
_ACCEPT = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
Make: TypeAlias = Callable[[], Awaitable[None]]


class Rate(NamedTuple):
    """What was seen of one dialect."""

    begun_per_s: float
    calls_per_s: float
    rss_mib: float
    """The server's memory with all sessions open."""


class Load(NamedTuple):
    """How much is asked."""

    sessions: int
    calls: int
    in_flight: int


class Work(NamedTuple):
    """What each client does."""

    task: Task
    name: str
    arguments: JsonObject

    @classmethod
    def of(cls, dataset: Path) -> Work:
        """Return the first call of the dataset's first task."""
        shelf = open_shelf(dataset)
        task = shelf.task(shelf.ids[0])
        call = parse_call(task.gt_tool_calls[0])
        return cls(task, WireNames(tool.tool_name for tool in task.tools).on_wire(call.name), call.arguments)


Door: TypeAlias = Callable[[aiohttp.ClientSession, Work], AbstractAsyncContextManager[Make]]
"""Begins a session, gives what makes a call in it, and ends it."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("serving", "Calls a second of serve-env, dialect by dialect.")
    parser.add_argument("--sessions", type=int, default=AIM, help="sessions open at once")
    parser.add_argument("--calls", type=int, default=4000, help="calls of each dialect")
    parser.add_argument("--in-flight", type=int, default=64, help="calls at once")
    options = parser.parse_args(arguments)
    say = note("serving")
    with TemporaryDirectory(prefix="bench-serving-") as directory:
        say("a small run makes the tasks")
        out = Path(directory) / "run"
        coded = ["--tools-as", "code", "--rollouts", "0", "--sequences", "2"]
        subprocess.run(run_command(out, RunShape(1), 16, coded), check=True, capture_output=True)
        dataset = out / "task_content.jsonl"
        with served("serve-env", "--dataset", str(dataset), "--control-token", _CONTROL) as (url, pid):
            load = Load(options.sessions, options.calls, min(options.in_flight, options.sessions))
            rates = run_async(_measured(url, pid, Work.of(dataset), load, say))
    return tell(_finding(rates, load), options)


async def _measured(url: str, pid: int, work: Work, load: Load, say: Callable[[str], None]) -> dict[str, Rate]:
    rates: dict[str, Rate] = {}
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as client:
        for name, door in _DOORS.items():
            say(f"{name}: {load.sessions} sessions, {load.calls} calls")
            async with AsyncExitStack() as stack:
                rates[name] = await _rate(stack, partial(door, client, work), pid, load)
    return rates


async def _rate(
    stack: AsyncExitStack, door: Callable[[], AbstractAsyncContextManager[Make]], pid: int, load: Load
) -> Rate:
    makers: list[Make] = []

    async def begin() -> None:
        makers.append(await stack.enter_async_context(door()))

    started = time.perf_counter()
    await drive(begin, load.in_flight, load.sessions)
    begun_s = time.perf_counter() - started
    free = deque(makers)

    async def call() -> None:
        make = free.popleft()  # no session makes two calls at once
        await make()
        free.append(make)

    started = time.perf_counter()
    await drive(call, min(load.in_flight, load.sessions), load.calls)
    calls_s = time.perf_counter() - started
    return Rate(load.sessions / begun_s, load.calls / calls_s, rss_mib(pid))


@asynccontextmanager
async def _bare(client: aiohttp.ClientSession, _work: Work) -> AsyncGenerator[Make]:
    """Ask for nothing, on the same stack: what HTTP alone costs there and here."""

    async def make() -> None:
        async with client.get("/health") as response:
            await response.read()

    yield make


@asynccontextmanager
async def _nemo_gym(client: aiohttp.ClientSession, work: Work) -> AsyncGenerator[Make]:
    row = gym_row(work.task)
    async with client.post("/nemo-gym/seed_session", json=row) as seeded:
        cookies = {name: cookie.value for name, cookie in seeded.cookies.items()}

    async def make() -> None:
        async with client.post(f"/nemo-gym/{work.name}", json=work.arguments, cookies=cookies) as response:
            _assert_ok(await response.read())

    yield make
    verify: JsonObject = {**row, "response": {"output": []}}
    async with client.post("/nemo-gym/verify", json=verify, cookies=cookies) as verified:
        await verified.read()


@asynccontextmanager
async def _openenv(client: aiohttp.ClientSession, work: Work) -> AsyncGenerator[Make]:
    data: JsonObject = {"type": "call_tool", "tool_name": work.name, "arguments": work.arguments}
    step: JsonObject = {"type": "step", "data": data}
    async with client.ws_connect("/openenv/ws") as socket:
        await socket.send_json({"type": "reset", "data": {"task_id": work.task.id}})
        await socket.receive()

        async def make() -> None:
            await socket.send_json(step)
            _assert_ok((await socket.receive_str()).encode())

        yield make


@asynccontextmanager
async def _mcp(client: aiohttp.ClientSession, work: Work) -> AsyncGenerator[Make]:
    path = f"/mcp?task_id={quote(work.task.id)}"
    hello: JsonObject = {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "bench", "version": "1"},
    }
    async with client.post(path, json=_rpc("initialize", hello), headers=_ACCEPT) as opened:
        await opened.read()
        headers = {**_ACCEPT, "Mcp-Session-Id": opened.headers["Mcp-Session-Id"]}
    call = _rpc("tools/call", {"name": work.name, "arguments": work.arguments})

    async def make() -> None:
        async with client.post(path, json=call, headers=headers) as response:
            _assert_ok(await response.read())

    yield make
    control = {"Authorization": f"Bearer {_CONTROL}"}
    async with (
        client.delete(path, headers=headers) as left,
        client.delete(f"/control/sessions/{headers['Mcp-Session-Id']}", headers=control) as closed,
    ):
        await left.read()
        await closed.read()


_DOORS: dict[str, Door] = {"bare": _bare, "nemo_gym": _nemo_gym, "openenv": _openenv, "mcp": _mcp}


def _rpc(method: str, params: JsonObject) -> JsonObject:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def _assert_ok(told: bytes) -> None:
    """A call that is refused is quick, and measures nothing."""
    if b"status_code" not in told or b"error_message" in told:
        raise SystemExit(f"bench serving: a call was answered {told[:200].decode(errors='replace')}")


def _finding(rates: dict[str, Rate], load: Load) -> Finding:
    figures: JsonObject = {
        name: {
            "calls_per_s": round(rate.calls_per_s),
            "begun_per_s": round(rate.begun_per_s),
            "rss_mib": round(rate.rss_mib),
        }
        for name, rate in rates.items()
        if name != "bare"
    }
    bare = round(rates["bare"].calls_per_s)
    at_once = f"{load.sessions:,} sessions open at once, {load.in_flight} calls in flight"
    lines = [
        f"serve-env, {at_once} (bare HTTP on the same stack: {bare:,} a second):",
        *(
            f"  {name:8} {rate.calls_per_s:7,.0f} calls/s, {rate.begun_per_s:6,.0f} sessions begun/s,"
            f" {rate.rss_mib:4.0f} MiB"
            for name, rate in rates.items()
            if name != "bare"
        ),
    ]
    return Finding({"sessions": load.sessions, "bare_per_s": bare, **figures}, lines)
