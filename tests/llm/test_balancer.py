"""Choosing endpoints, retrying, setting aside, giving up."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest

from queues import AdmissionGate, LimitDecision, LoadSignal
from synthtools_stream.errors import BackendGone, Rejection, TransportError
from synthtools_stream.llm.balancer import Balancer, RetryPolicy
from synthtools_stream.llm.gated import Gated
from synthtools_stream.llm.protocol import ChatReply, ChatRequest, EmptyAnswer, LanguageModel, Message, Sampling
from synthtools_stream.llm.scripted import Answer, ScriptedModel

BUSY = TransportError("busy", overloaded=True)
REFUSED = TransportError("connection refused")
BROKEN = TransportError("broken")
AWAY = TransportError("cannot connect", unreachable=True)


def request(session: str = "", stage: str = "s") -> ChatRequest:
    """Return a small request."""
    return ChatRequest("scripted", (Message("user", "u"),), Sampling(), 1, stage=stage, session=session)


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Move the clock on."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def balance(endpoints: Sequence[LanguageModel], time: Time, policy: RetryPolicy | None = None) -> Balancer:
    """Balance over endpoints in made-up time."""
    return Balancer(endpoints, policy, sleep=time.sleep, rng=random.Random(1), clock=time)


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
