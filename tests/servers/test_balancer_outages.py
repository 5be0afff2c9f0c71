"""A server that is away: set aside, waited for, given up; what is only slow or refuses is not away."""

from __future__ import annotations

import asyncio
import random

import pytest

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, EmptyAnswer
from synthtools_stream.errors import BackendGone, TransportError
from synthtools_stream.recorded.scripted_model import Answer, ScriptedModel
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.retry_policy import RetryPolicy
from tests.servers.balancekit import AWAY, BUSY, REFUSED, Time, balance, request


async def test_dead_endpoint_is_set_aside() -> None:
    """After three faults in a row an endpoint rests, and is tried again by one request later."""
    time = Time()
    alive = False

    def sometimes(_: ChatRequest) -> Answer:
        return "back" if alive else REFUSED

    dead, other = ScriptedModel(sometimes), ScriptedModel(lambda _: "fine")
    balancer = balance([dead, other], time, RetryPolicy(min_delay_s=0.01, max_delay_s=0.01))
    for number in range(50):
        await balancer.chat(request(f"e{number}"))
    assert len(dead.requests) == 3

    alive = True
    time.now += 60
    for number in range(50):
        await balancer.chat(request(f"e{number}"))
    assert len(dead.requests) > 10


async def test_restart_costs_no_attempts() -> None:
    """While the only server is away, requests wait for it without using up their attempts."""
    time = Time()
    model = ScriptedModel(lambda _: "fine" if time.now > 500 else REFUSED)
    balancer = balance([model], time)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(balancer.chat(request())) for _ in range(20)]

    assert {task.result().text for task in tasks} == {"fine"}


@pytest.mark.parametrize("fault", [AWAY, BUSY])
async def test_outage_costs_no_attempts(fault: TransportError) -> None:
    """A server that is away for ten minutes, or busy for all of them, costs one lone request nothing but time."""
    time, told = Time(), list[str]()
    model = ScriptedModel(lambda _: "fine" if time.now > 700 else fault)
    balancer = Balancer([model], sleep=time.sleep, rng=random.Random(1), clock=time, notice=told.append)

    assert (await balancer.chat(request())).text == "fine"
    assert len(model.requests) > RetryPolicy().max_attempts
    assert len(told) == 2
    assert "waiting" in told[0]
    assert str(fault) in told[0]
    assert "going on" in told[1]


@pytest.mark.parametrize("fault", [AWAY, BUSY])
async def test_outage_after_answers_to_others(fault: TransportError) -> None:
    """What was first sent while others were still answered waits for its server all the same."""
    time = Time()
    go = asyncio.Event()

    async def answer(asked: ChatRequest) -> Answer:
        if asked.session == "other":
            await go.wait()
            return "fine"
        return "fine" if time.now > 700 else fault

    balancer = balance([ScriptedModel(answer)], time)
    other = asyncio.ensure_future(balancer.chat(request("other")))
    await asyncio.sleep(0)
    lone = asyncio.ensure_future(balancer.chat(request("lone")))
    time.now += 1
    go.set()
    assert (await other).text == "fine"
    assert (await lone).text == "fine"
    assert time.now > 700


async def test_gone_after_answers_to_others() -> None:
    """When an outage outlasts all patience the run stops, though something was answered in its first minute."""
    time = Time()
    balancer = balance([ScriptedModel(lambda asked: "fine" if asked.session == "other" else AWAY)], time)
    lone = asyncio.ensure_future(balancer.chat(request("lone")))
    await asyncio.sleep(0)
    time.now += 1
    await balancer.chat(request("other"))
    with pytest.raises(BackendGone, match="no endpoint answered"):
        await lone


async def test_tells_that_it_waits() -> None:
    """While nobody answers the balancer says so, and no longer afterwards."""
    time, seen = Time(), list[bool]()

    def answer(_: ChatRequest) -> Answer:
        seen.append(balancer.waiting)
        return "fine" if time.now > 200 else AWAY

    balancer = balance([ScriptedModel(answer)], time)
    await balancer.chat(request())

    assert (seen[0], seen[-1]) == (False, True)
    assert not balancer.waiting


async def test_slow_is_not_away() -> None:
    """While one server takes its time over an answer, nobody is told that the run waits, though another is gone."""
    time, told, go = Time(), list[str](), asyncio.Event()

    async def slow(_: ChatRequest) -> Answer:
        while time.now < 400:
            time.now += 10
            await asyncio.sleep(0)
        await go.wait()
        return "fine"

    endpoints = [ScriptedModel(slow), ScriptedModel(lambda _: AWAY)]
    balancer = Balancer(endpoints, sleep=time.sleep, rng=random.Random(1), clock=time, notice=told.append)
    tasks = [asyncio.ensure_future(balancer.chat(request(f"e{number}"))) for number in range(8)]
    while any(not task.done() for task in tasks):
        await asyncio.wait(tasks, timeout=0.01)
        go.set()
    assert [task.result().text for task in tasks] == ["fine"] * 8
    assert told == []


async def test_refusals_of_one_request_count() -> None:
    """A request that is always refused while others are answered has its attempts, and no more."""
    time = Time()
    models = [ScriptedModel(lambda asked: BUSY if asked.session == "bad" else "fine")]
    balancer = balance(models, time)

    async def others() -> None:
        while True:
            time.now += 0.001
            await balancer.chat(request("good"))
            await asyncio.sleep(0)

    busy = asyncio.ensure_future(others())
    with pytest.raises(TransportError, match="given up"):
        await balancer.chat(request("bad"))
    busy.cancel()
    assert sum(asked.session == "bad" for asked in models[0].requests) <= RetryPolicy().max_attempts + 1


async def test_empty_answer_stands_in_the_end() -> None:
    """An empty answer is asked for again a few times; then it is what the model has to say."""
    nothing = EmptyAnswer("empty", ChatReply(""))
    model = ScriptedModel([nothing, "fine", *[nothing] * 9])
    balancer = balance([model], Time())

    assert (await balancer.chat(request())).text == "fine"
    assert (await balancer.chat(request())).text == ""
    assert len(model.requests) == 2 + RetryPolicy().max_empty


async def test_gone_for_good() -> None:
    """When nothing answers for the whole allowed time, the backend is gone and the run stops."""
    balancer = balance([ScriptedModel(lambda _: REFUSED)], Time(), RetryPolicy(max_attempts=1000))

    with pytest.raises(BackendGone, match="connection refused"):
        await balancer.chat(request())


async def test_cancelled_trial_frees_the_seat() -> None:
    """A trial that is cancelled lets the next request try."""
    time = Time()
    hang = False

    async def answer(_: ChatRequest) -> Answer:
        if hang:
            await asyncio.Event().wait()
        return REFUSED if time.now < 200 else "fine"

    balancer = balance([ScriptedModel(answer)], time, RetryPolicy(max_attempts=3))
    with pytest.raises(TransportError):
        await balancer.chat(request())
    time.now, hang = 300.0, True
    trial = asyncio.ensure_future(balancer.chat(request()))
    await asyncio.sleep(0)
    trial.cancel()
    await asyncio.wait([trial])
    hang = False

    assert (await balancer.chat(request())).text == "fine"
