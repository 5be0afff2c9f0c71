"""Choosing endpoints, retrying, giving up."""

from __future__ import annotations

import asyncio
import random

import pytest

from queues import AdmissionGate, LimitDecision, LoadSignal
from synthtools_stream.chat.language_model import ChatReply, ChatRequest
from synthtools_stream.errors import Rejection, TransportError
from synthtools_stream.recorded.scripted_model import Answer, ScriptedModel
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.gated_model import Gated
from tests.servers.balancekit import BROKEN, BUSY, REFUSED, Time, balance, request


async def test_retries_until_answered() -> None:
    """Transport faults are tried again after growing, bounded, random waits."""
    time = Time()
    model = ScriptedModel([BUSY] * 7 + ["fine"])

    assert (await balance([model], time).chat(request())).text == "fine"
    assert len(time.slept) == 7
    assert all(0.5 <= wait <= min(30.0, 0.5 * 2 ** (n + 1)) for n, wait in enumerate(time.slept))


async def test_honours_retry_after() -> None:
    """A retry is never sooner than the server asked for."""
    time = Time()
    slow = TransportError("busy", overloaded=True, retry_after_s=40.0)

    await balance([ScriptedModel([slow, "fine"])], time).chat(request())

    assert 40.0 <= time.slept[0] <= 40.5


async def test_gives_up_after_attempts() -> None:
    """After the last attempt the fault is passed on, saying how often it was tried."""
    model = ScriptedModel([BROKEN] * 9)

    with pytest.raises(TransportError, match=r"after 8 times .* broken"):
        await balance([model], Time()).chat(request())
    assert len(model.requests) == 8


async def test_gives_up_before_too_long_a_wait() -> None:
    """A wait that would end after the allowed time is not begun."""
    time = Time()
    never = TransportError("quota", overloaded=True, retry_after_s=86_400)

    with pytest.raises(TransportError, match="after 1 time "):
        await balance([ScriptedModel([never])], time).chat(request())
    assert time.slept == []


async def test_never_retries_what_is_refused() -> None:
    """A refusal of the request itself is passed on at once."""
    model = ScriptedModel([Rejection("context_overflow"), "fine"])

    with pytest.raises(Rejection):
        await balance([model], Time()).chat(request())
    assert len(model.requests) == 1


async def test_retries_elsewhere() -> None:
    """After a fault the other endpoint is tried, whatever the session prefers."""
    first, second = ScriptedModel(lambda _: BUSY), ScriptedModel(lambda _: "fine")
    balancer = balance([first, second], Time())

    for number in range(10):
        await balancer.chat(request(f"e{number}"))

    assert 0 < len(first.requests) < 10
    assert len(second.requests) == 10


async def test_session_stays() -> None:
    """Requests of one session go to one endpoint, and sessions spread over all."""
    models = [ScriptedModel(lambda _: "fine") for _ in range(4)]
    balancer = balance(models, Time())
    for number in range(40):
        for _ in range(3):
            await balancer.chat(request(f"environment-{number}"))

    homes = [{asked.session for asked in model.requests} for model in models]

    assert sum(len(home) for home in homes) == 40
    assert all(homes)


async def test_overfull_home_is_left() -> None:
    """A session moves on when its endpoint holds clearly more than its share."""
    go = asyncio.Event()

    async def wait(_: ChatRequest) -> Answer:
        await go.wait()
        return "fine"

    models = [ScriptedModel(wait), ScriptedModel(wait)]
    balancer = balance(models, Time())
    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(balancer.chat(request("only")))
        await asyncio.sleep(0)
        held = sorted(len(model.requests) for model in models)
        go.set()

    assert sum(held) == 40
    assert held[0] >= 12


async def test_least_loaded_by_capacity() -> None:
    """Without a session, endpoints are filled in proportion to their gates' limits."""
    go = asyncio.Event()

    async def wait(_: ChatRequest) -> Answer:
        await go.wait()
        return "fine"

    models = [ScriptedModel(wait), ScriptedModel(wait)]
    gates = [AdmissionGate(30, stages=["s"]), AdmissionGate(10, stages=["s"])]
    balancer = balance([Gated(model, gate) for model, gate in zip(models, gates, strict=True)], Time())
    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            group.create_task(balancer.chat(request()))
        for _ in range(10):
            await asyncio.sleep(0)
        held = [len(model.requests) for model in models]
        go.set()

    assert held == [30, 10]


async def test_closes_every_endpoint() -> None:
    """Closing reaches every endpoint through its gate."""
    models = [ScriptedModel([]), ScriptedModel([])]

    await Balancer([Gated(model, AdmissionGate(1, stages=["s"])) for model in models]).aclose()

    assert all(model.closed for model in models)


def test_needs_an_endpoint() -> None:
    """No endpoints make no balancer."""
    with pytest.raises(ValueError, match="at least one"):
        Balancer([])


class Noting:
    """A policy that remembers its signals."""

    def __init__(self) -> None:
        self.signals: list[LoadSignal] = []

    def decide(self, signal: LoadSignal, limit: int, ceiling: int, /) -> LimitDecision | None:
        """Remember the signal."""
        self.signals.append(signal)
        return None


async def test_gate_is_told() -> None:
    """Clean answers and overload reach the gate; other faults say nothing of load."""
    policy = Noting()
    gate = AdmissionGate(1, stages=["s"], policy=policy)
    gated = Gated(ScriptedModel(["fine", BUSY, REFUSED]), gate)

    await gated.chat(request())
    for _ in range(2):
        with pytest.raises(TransportError):
            await gated.chat(request())

    assert [(signal.answered, signal.refused) for signal in policy.signals] == [(1, 0), (0, 1)]
    assert gate.statistics().in_flight == 0


async def test_waiting_retry_holds_no_slot() -> None:
    """While a request waits for its retry, its slot serves others."""
    gate = AdmissionGate(1, stages=["s"])
    held: list[int] = []

    async def sleep(_: float) -> None:
        held.append(gate.statistics().in_flight)

    answers: list[Answer] = [BUSY, ChatReply("fine")]
    balancer = Balancer([Gated(ScriptedModel(answers), gate)], sleep=sleep, rng=random.Random(1))

    await balancer.chat(request())

    assert held == [0]
