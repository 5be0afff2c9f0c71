"""Slots, queue, rates and KV memory of the imitated engine, in virtual time."""

from __future__ import annotations

import asyncio
import heapq
import itertools

import anyio
import pytest

from synthtools_stream.serving.batching_engine import STEP_TOKENS, BatchingEngine, Capacity, EngineBusy


class VirtualTime:
    """Time that passes only when nothing else is left to do."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []

    def clock(self) -> float:
        """Return the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Sleep in this time."""
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), woken))
        await woken.wait()

    async def pass_until(self, moment: float) -> None:
        """Wake whoever is due until `moment`, in order."""
        await anyio.wait_all_tasks_blocked()
        while self._sleepers and self._sleepers[0][0] <= moment:
            self.now, _, woken = heapq.heappop(self._sleepers)
            woken.set()
            await anyio.wait_all_tasks_blocked()
        self.now = moment


class Bench:
    """An engine in virtual time, and when each request on it came to its end."""

    def __init__(self, capacity: Capacity) -> None:
        self.time = VirtualTime()
        self.engine = BatchingEngine(capacity, clock=self.time.clock, sleep=self.time.sleep)
        self.ended: dict[str, float] = {}

    async def request(self, name: str, prompt: int = 10, answer: int = 0) -> None:
        """Live the whole life of one request."""
        async with self.engine.seat(prompt) as seat:
            await self.engine.prefill(prompt)
            async for _ in self.engine.decode(seat, answer):
                pass
        self.ended[name] = self.time.now


async def test_no_rates_no_time() -> None:
    """Without rates a request takes no time at all."""
    bench = Bench(Capacity())
    await bench.request("a", prompt=1000, answer=1000)
    assert bench.ended == {"a": 0.0}


async def test_prefill_then_decode_time() -> None:
    """A lone request takes its prompt at the prefill rate and its answer at the decode rate."""
    bench = Bench(Capacity(prefill_tps=100, decode_tps=10))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bench.request("a", prompt=200, answer=50))
        await bench.time.pass_until(100)
    assert bench.ended["a"] == pytest.approx(2 + 5)


async def test_prompts_share_one_lane() -> None:
    """Prompts that arrive together are prefilled one after the other."""
    bench = Bench(Capacity(prefill_tps=100))
    async with asyncio.TaskGroup() as tasks:
        for name in "ab":
            tasks.create_task(bench.request(name, prompt=200))
        await bench.time.pass_until(100)
    assert bench.ended == {"a": 2.0, "b": 4.0}


async def test_load_slows_decoding() -> None:
    """Each step takes longer by the requests that run beside it when it begins."""
    bench = Bench(Capacity(decode_tps=STEP_TOKENS, decode_slowdown=0.5))
    async with asyncio.TaskGroup() as tasks:
        for name in "ab":
            tasks.create_task(bench.request(name, answer=2 * STEP_TOKENS))
        await bench.time.pass_until(100)
    # Only the first step of the first request begins alone.
    assert bench.ended == {"a": 1 + 1.5, "b": 1.5 + 1.5}


async def test_slots_bind_in_arrival_order() -> None:
    """No more requests run than there are slots, and the queue is first come, first served."""
    bench = Bench(Capacity(slots=2, decode_tps=STEP_TOKENS))
    async with asyncio.TaskGroup() as tasks:
        for name in "abcd":
            tasks.create_task(bench.request(name, answer=STEP_TOKENS))
        await anyio.wait_all_tasks_blocked()
        assert (bench.engine.running, bench.engine.waiting) == (2, 2)
        await bench.time.pass_until(100)
    assert bench.ended == {"a": 1.0, "b": 1.0, "c": 2.0, "d": 2.0}
    assert (bench.engine.running, bench.engine.waiting) == (0, 0)


async def test_full_queue_refuses_at_once() -> None:
    """The request after the last place in the queue is refused and leaves no trace."""
    bench = Bench(Capacity(slots=1, queue_cap=1, decode_tps=STEP_TOKENS))
    async with asyncio.TaskGroup() as tasks:
        for name in "ab":
            tasks.create_task(bench.request(name, answer=STEP_TOKENS))
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(EngineBusy):
            await bench.request("c")
        assert (bench.engine.running, bench.engine.waiting, bench.engine.refusals) == (1, 1, 1)
        await bench.time.pass_until(100)
    assert sorted(bench.ended) == ["a", "b"]


async def test_cancelled_runner_frees_slot() -> None:
    """A request that is given up while it runs lets the next one in."""
    bench = Bench(Capacity(slots=1, decode_tps=STEP_TOKENS))
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(bench.request("a", answer=STEP_TOKENS))
        tasks.create_task(bench.request("b", answer=STEP_TOKENS))
        await anyio.wait_all_tasks_blocked()
        first.cancel()
        await bench.time.pass_until(100)
    assert sorted(bench.ended) == ["b"]
    assert bench.engine.running == 0


async def test_cancelled_waiter_leaves_queue() -> None:
    """A request that is given up while it waits, or just as its turn comes, holds nothing."""
    bench = Bench(Capacity(slots=1, kv_tokens=1000))
    async with asyncio.TaskGroup() as tasks:
        async with bench.engine.seat(10):
            waiters = [tasks.create_task(bench.request(name)) for name in "ab"]
            await anyio.wait_all_tasks_blocked()
            waiters[0].cancel()
            await anyio.wait_all_tasks_blocked()
            assert bench.engine.waiting == 1
        waiters[1].cancel()  # its turn has come, but it has not run yet
    assert bench.ended == {}
    assert (bench.engine.running, bench.engine.waiting, bench.engine.kv_usage) == (0, 0, 0.0)


async def test_prompt_waits_for_memory() -> None:
    """A prompt that does not fit beside the running ones waits although slots are free."""
    bench = Bench(Capacity(kv_tokens=200, decode_tps=STEP_TOKENS))
    async with asyncio.TaskGroup() as tasks:
        for name in "ab":
            tasks.create_task(bench.request(name, prompt=120, answer=STEP_TOKENS))
        await anyio.wait_all_tasks_blocked()
        assert (bench.engine.running, bench.engine.waiting) == (1, 1)
        assert bench.engine.kv_usage == pytest.approx((120 + STEP_TOKENS) / 200)
        await bench.time.pass_until(100)
    assert bench.ended == {"a": 1.0, "b": 2.0}


async def test_full_memory_preempts_youngest() -> None:
    """When answers outgrow the memory the youngest request starts over, and all still end."""
    bench = Bench(Capacity(kv_tokens=8 * STEP_TOKENS, decode_tps=STEP_TOKENS, prefill_tps=1000))
    async with asyncio.TaskGroup() as tasks:
        for name in "ab":
            tasks.create_task(bench.request(name, prompt=STEP_TOKENS, answer=5 * STEP_TOKENS))
        await bench.time.pass_until(100)
    assert bench.engine.preemptions == 1
    assert bench.ended["a"] < bench.ended["b"]
    # The second lost its memory, but not what it had said: it pays with a prefill and the wait.
    assert 6 < bench.ended["b"] < 9
    assert (bench.engine.running, bench.engine.kv_usage) == (0, 0.0)


async def test_lone_request_may_outgrow_memory() -> None:
    """A request that runs alone ends even when it is larger than the memory."""
    bench = Bench(Capacity(kv_tokens=10, decode_tps=STEP_TOKENS))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(bench.request("a", prompt=50, answer=STEP_TOKENS))
        await anyio.wait_all_tasks_blocked()
        assert bench.engine.kv_usage == 1.0
        await bench.time.pass_until(100)
    assert bench.ended == {"a": 1.0}


@pytest.mark.parametrize("wrong", [{"slots": 0}, {"kv_tokens": 0}, {"queue_cap": -1}])
def test_impossible_capacity_refused(wrong: dict[str, int]) -> None:
    """A server without slots, memory or sense is refused when it is described."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Capacity(**wrong)
