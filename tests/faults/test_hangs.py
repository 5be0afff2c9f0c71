"""A server that hangs: the run names it while it waits, and ends where it can be resumed when nothing moves at all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import orjson
import pytest

from queues import AdmissionGate
from synthtools_stream.assembly import run_watch
from synthtools_stream.chat.language_model import ChatRequest, Message, Sampling
from synthtools_stream.engine.moving_parts import MovingParts
from synthtools_stream.engine.progress import Meter
from synthtools_stream.engine.watchdog import Watchdog
from synthtools_stream.errors import RunStopped
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.servers.gated_model import Gated
from synthtools_stream.servers.http_endpoint import HttpEndpoint
from synthtools_stream.serving import FaultKind, FaultPlan
from synthtools_stream.values.jsontypes import JsonObject
from tests.faults.faultkit import Served, Told, plan, run, serving

HUNG = FaultPlan({FaultKind.STALL: 1.0}, stall_s=300.0)
FAST = 200.0
"""How many times faster the watchdog's clock goes: half a minute is some 0.15 s."""


def asked(seed: int) -> ChatRequest:
    """Return a request."""
    message = Message("user", f"What is the time? {seed}")
    return ChatRequest("embedded-procedural/1", (message,), Sampling(max_tokens=8), seed, stage="generation")


async def test_the_endpoint_that_answers_nothing_is_named(tmp_path: Path) -> None:
    """Of two endpoints one hangs; it is named with its address while the other goes on answering."""
    now, events = 0.0, list[JsonObject]()
    async with serving(HUNG, tmp_path) as server:
        quick = Gated(ScriptedModel(["yes"] * 6), _gate(lambda: now), "quick")
        hung = Gated(HttpEndpoint(server.url, "any"), _gate(lambda: now), server.url)
        dog = Watchdog(MovingParts([], [quick, hung], Meter(), {}), events.append, limit_s=600, clock=lambda: now)
        waiting = asyncio.create_task(hung.chat(asked(1)))
        await asyncio.sleep(0)  # until it is in flight
        for seed in range(2, 8):
            dog.look()
            await quick.chat(asked(seed))
            now += 10
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await hung.aclose()
    assert {str(event["what"]) for event in events} == {f"endpoint {server.url}"}
    assert str(events[0]["told"]).startswith("1 request in flight, none answered; the oldest is for generation, 30 s")


def _gate(clock: Callable[[], float]) -> AdmissionGate:
    return AdmissionGate(4, stages=("generation",), clock=clock)


async def test_a_run_whose_server_hangs_stops_resumably(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint is named, then the run ends as stopped, and the same command goes on once the server answers."""
    hurried = partial(
        Watchdog, clock=lambda: FAST * time.monotonic(), sleep=lambda seconds: asyncio.sleep(seconds / FAST)
    )
    monkeypatch.setattr(run_watch, "Watchdog", hurried)
    told, out = Told(), tmp_path / "run"
    async with serving(plan("stall", 0.0), tmp_path) as server:
        options: JsonObject = {"server_url": [server.url], "backend": "http", "patience_s": 60}
        told.notices = _Hanging(server)
        with pytest.raises(RunStopped, match=f"nothing has moved for .*endpoint {server.url}: .* in flight"):
            await run(out, told, more={**options, "request_timeout_s": 60})
        lines = [orjson.loads(line) for line in (out / "progress.jsonl").read_bytes().splitlines()]
        stalls = [line["what"] for line in lines if line.get("event") == "stall"]
        assert set(stalls) == {f"endpoint {server.url}"}
        assert [line["state"] for line in lines if "state" in line][-1] == "stopped"
        server.faults._plan = FaultPlan({})
        monkeypatch.undo()
        summary = await run(out, more=options)
    assert summary.failed == 0
    assert summary.rows["tasks"] == 1


class _Hanging(list[str]):
    """Notices of a run; with the one that says which model answers, its server begins to hang."""

    def __init__(self, server: Served) -> None:
        super().__init__()
        self._server = server

    def append(self, line: str, /) -> None:
        """Take in a line."""
        super().append(line)
        if line.startswith("model "):
            self._server.faults._plan = HUNG
