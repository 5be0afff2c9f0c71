"""Answers of no use: what cannot be read, or took too long, is the answer's fault until nothing else comes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queues import AdmissionGate, FixedLimit
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.errors import BackendGone, TimedOut, TransportError, UnreadableAnswer
from synthtools_stream.recorded.scripted_model import Answer, ScriptedModel
from synthtools_stream.servers.gated_model import Gated
from synthtools_stream.servers.retry_policy import RetryPolicy
from tests.servers.balancekit import Time, balance, request
from tests.servers.test_balancer import Noting

GARBLED = UnreadableAnswer("the server's answer is not JSON: '}{'")
SLOW = TimedOut("timed out after 600 s", after_s=600.0, longest=False)
SLOWEST = TimedOut("timed out after 2400 s", after_s=2400.0, longest=True)


def numbered(seed: int, session: str = "") -> ChatRequest:
    """Return a request of its own."""
    return replace(request(session), seed=seed)


async def test_an_odd_answer_sets_nothing_aside() -> None:
    """A request that is always answered unreadably fails alone, soon, while the server goes on serving others."""
    time = Time()
    model = ScriptedModel(lambda asked: GARBLED if asked.session == "odd" else "fine")
    balancer = balance([model], time)

    for seed in range(10):
        with pytest.raises(UnreadableAnswer, match=r"given up after 8 times .* not JSON"):
            await balancer.chat(numbered(seed, "odd"))
        assert (await balancer.chat(numbered(100 + seed))).text == "fine"

    assert max(time.slept) <= 1.0
    assert len(model.requests) == 10 * (RetryPolicy().max_attempts + 1)


async def test_unreadable_now_and_then() -> None:
    """What is unreadable once is asked again, and readable."""
    model = ScriptedModel([GARBLED, GARBLED, GARBLED, GARBLED, "fine"])
    assert (await balance([model], Time()).chat(request())).text == "fine"


@pytest.mark.parametrize("fault", [GARBLED, SLOWEST])
async def test_nothing_but_useless_answers_stop_the_run(fault: TransportError) -> None:
    """After several different requests in a row it is the server: the run stops, quoting what came."""
    balancer = balance([ScriptedModel(lambda _: fault)], Time())

    for _again in range(2):
        for seed in (1, 2):
            with pytest.raises(TransportError, match="given up"):
                await balancer.chat(numbered(seed))
    with pytest.raises(BackendGone, match="3 different requests in a row, and no answer of use: ") as caught:
        await balancer.chat(numbered(3))
    assert str(fault) in str(caught.value)


async def test_a_slow_server_is_not_away() -> None:
    """A reply that takes longer than all patience comes in the end; nobody is told that the server is away."""
    time = Time()
    script: list[Answer] = [SLOW, replace_time(SLOW, 1200.0), "slow but fine"]

    def answer(_: ChatRequest) -> Answer:
        said = script.pop(0)
        time.now += said.after_s if isinstance(said, TimedOut) else 2000.0
        return said

    balancer = balance([ScriptedModel(answer)], time)
    assert (await balancer.chat(request())).text == "slow but fine"
    assert not balancer.waiting


def replace_time(fault: TimedOut, after_s: float) -> TimedOut:
    """Return the fault of a longer time-out."""
    return TimedOut(str(fault), after_s=after_s, longest=fault.longest)


async def test_too_slow_at_the_longest_fails_alone() -> None:
    """What is not answered in the longest time is given up once patience is over, and says why."""
    time = Time()

    def answer(_: ChatRequest) -> Answer:
        time.now += 2400.0
        return SLOWEST

    with pytest.raises(TransportError, match="given up after 1 time in 2400 s: timed out after 2400 s"):
        await balance([ScriptedModel(answer)], time).chat(request())


async def test_a_time_out_alone_is_no_overload() -> None:
    """The gate hears of a time-out only where other requests are in flight."""
    policy = Noting()
    gate = AdmissionGate(2, stages=["s"], policy=policy)
    gated = Gated(ScriptedModel(lambda _: SLOW), gate)

    with pytest.raises(TimedOut):
        await gated.chat(request())
    assert policy.signals == []
    async with gate.slot("s"):
        with pytest.raises(TimedOut):
            await gated.chat(request())
    assert [signal.refused for signal in policy.signals] == [1]


async def test_the_gate_knows_the_oldest_by_its_role() -> None:
    """What is in flight is called by its role, where it has one."""
    time = Time()
    gate = AdmissionGate(2, stages=["s"], policy=FixedLimit(), clock=time)

    async def answer(_: ChatRequest) -> Answer:
        time.now += 40.0
        oldest = gate.statistics().oldest
        assert oldest is not None
        return f"{oldest.label} {oldest.age_s:g}"

    gated = Gated(ScriptedModel(answer), gate)
    assert (await gated.chat(replace(request(), schema_name="judge"))).text == "judge 40"
    assert (await gated.chat(request())).text == "s 40"
    assert gate.statistics().oldest is None
