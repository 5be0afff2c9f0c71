"""Admission gates: bounded, adaptive, exact when waiters are cancelled, closing cleanly."""

from __future__ import annotations

import asyncio
import random

import pytest
from anyio.lowlevel import checkpoint

from queues import AdmissionGate, FixedLimit, GateClosed, LimitChange, LimitDecision, LoadSignal
from tests.queues.gatekit import STAGES, Load, rest


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_limit_bounds_the_flight() -> None:
    """No more requests than the limit are in flight; the rest wait and are counted and timed."""
    clock = Clock()
    gate = AdmissionGate(2, stages=STAGES, clock=clock)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("source", times=3)
        await rest()
        assert gate.saturated
        figures = gate.statistics()
        assert (figures.limit, figures.in_flight, figures.admitted) == (2, 2, 2)
        assert figures.waiting == {"source": 1, "middle": 0, "sink": 0}
        clock.now += 4
        await load.finish_all()
    figures = gate.statistics()
    assert (figures.in_flight, figures.peak_in_flight, figures.admitted) == (0, 2, 3)
    assert figures.wait_s == {"source": 4, "middle": 0, "sink": 0}
    assert not gate.saturated


async def test_cancelled_waiter_leaves_the_line() -> None:
    """Cancelled waiters are served nothing, and one cancelled after its grant gives the slot to the next."""
    gate = AdmissionGate(1, stages=STAGES)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("sink", "first")
        waiting, granted = load.ask("sink", "a") + load.ask("sink", "b")
        load.ask("sink", "last")
        await rest()
        waiting.cancel()
        await rest()
        assert gate.statistics().waiting["sink"] == 2
        (done,) = load.running
        load.running.clear()
        done.set()
        while gate.statistics().waiting["sink"] == 2:
            await checkpoint()
        granted.cancel()
        await rest()
        assert load.entered == ["first", "last"]
        assert gate.statistics().admitted == 2
        await load.finish_all()
    assert gate.statistics().in_flight == 0


async def test_lower_limit_interrupts_nothing() -> None:
    """After the limit falls, what is in flight goes on and nothing is admitted until there is room; raising admits."""
    gate = AdmissionGate(4, stages=STAGES)
    async with asyncio.TaskGroup() as group:
        load = Load(gate, group)
        load.ask("sink", times=8)
        await rest()
        gate.set_limit(2, "overload")
        await rest()
        assert load.in_flight["sink"] == 4
        await load.finish(times=2)
        assert load.in_flight["sink"] == 2
        gate.set_limit(4, "calm")
        await rest()
        assert load.in_flight["sink"] == 4
        await load.finish_all()


def test_limit_changes_are_recorded() -> None:
    """Each change of the limit is recorded with time and reason; an unchanged limit is not."""
    clock = Clock()
    gate = AdmissionGate(4, stages=STAGES, clock=clock)
    gate.set_limit(4, "same")
    clock.now = 7
    gate.set_limit(2, "overload")
    assert gate.limit == 2
    assert gate.history == (LimitChange(7, 2, "overload"),)
    for number in range(600):
        gate.set_limit(1 + number % 2, "swing")
    assert len(gate.history) == 256


@pytest.mark.parametrize("limit", [0, 5])
def test_limit_stays_within_ceiling(limit: int) -> None:
    """A limit below 1 or above the ceiling is refused."""
    gate = AdmissionGate(4, stages=STAGES)
    with pytest.raises(ValueError, match="within 1 and 4"):
        gate.set_limit(limit, "wrong")


class Asked:
    """Decides as many slots as requests were answered."""

    def decide(self, signal: LoadSignal, limit: int, ceiling: int, /) -> LimitDecision | None:
        return LimitDecision(signal.answered, f"{limit} of {ceiling}")


@pytest.mark.parametrize(("answered", "limit"), [(3, 3), (0, 1), (9, 8)])
def test_policy_steers_the_limit(answered: int, limit: int) -> None:
    """A load signal goes to the policy, whose decision is brought within 1 and the ceiling."""
    gate = AdmissionGate(8, stages=STAGES, policy=Asked())
    gate.set_limit(5, "start")
    gate.observe(LoadSignal(answered=answered))
    assert gate.limit == limit
    assert gate.history[-1].reason == "5 of 8"


def test_fixed_limit_stays() -> None:
    """The fixed policy, which is the default, leaves the limit alone whatever the load."""
    assert FixedLimit().decide(LoadSignal(refused=9), 4, 8) is None
    gate = AdmissionGate(8, stages=STAGES)
    gate.observe(LoadSignal(refused=9))
    assert (gate.limit, gate.history) == (8, ())


async def test_closing_turns_away() -> None:
    """A closed gate turns away who waits and who comes, lets those in flight finish, and then is drained."""
    gate = AdmissionGate(1, stages=STAGES)
    async with asyncio.TaskGroup() as group:
        done = asyncio.Event()

        async def request() -> None:
            async with gate.slot("sink"):
                await done.wait()

        running = group.create_task(request())
        waiting = [asyncio.ensure_future(request()) for _ in range(2)]
        await rest()
        gate.close()
        gate.close()
        drained = group.create_task(gate.drained())
        for turned_away in [*waiting, request()]:
            with pytest.raises(GateClosed):
                await turned_away
        assert gate.closed
        assert not drained.done()
        done.set()
        await drained
        assert running.done()


async def test_idle_gate_is_drained() -> None:
    """A gate with nothing in flight is drained at once."""
    await AdmissionGate(1, stages=STAGES).drained()


async def test_failed_request_frees_its_slot() -> None:
    """A request that raises gives its slot back."""
    gate = AdmissionGate(1, stages=STAGES)
    with pytest.raises(KeyError):
        async with gate.slot("sink"):
            raise KeyError
    async with gate.slot("sink"):
        assert gate.statistics().in_flight == 1


async def test_wrong_use_is_refused() -> None:
    """An unknown stage, a ceiling below 1, and stages that are none or repeated are refused."""
    with pytest.raises(ValueError, match="no stage 'sunk'"):
        async with AdmissionGate(1, stages=STAGES).slot("sunk"):
            pass
    with pytest.raises(ValueError, match="ceiling must be at least 1"):
        AdmissionGate(0, stages=STAGES)
    for stages in ((), ("a", "a")):
        with pytest.raises(ValueError, match="named and distinct"):
            AdmissionGate(1, stages=stages)


@pytest.mark.parametrize("seed", range(10))
async def test_exact_under_random_cancellation(seed: int) -> None:
    """Whatever is cancelled when, the bound holds, no slot is lost, and everybody else is served."""
    dice = random.Random(seed)
    gate = AdmissionGate(3, stages=STAGES)
    served = 0

    async def request(stage: str, affinity: str) -> None:
        nonlocal served
        async with gate.slot(stage, affinity):
            assert gate.statistics().in_flight <= 3
            await checkpoint()
            served += 1

    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []
        for _ in range(300):
            tasks.append(group.create_task(request(dice.choice(STAGES), dice.choice("abc"))))
            if dice.random() < 0.3:
                dice.choice(tasks[-8:]).cancel()
            if dice.random() < 0.6:
                await checkpoint()
    figures = gate.statistics()
    assert (figures.in_flight, sum(figures.waiting.values())) == (0, 0)
    assert served == sum(not task.cancelled() for task in tasks)
