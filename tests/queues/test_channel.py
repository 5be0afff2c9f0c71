"""Channels: bounded, fair, ending cleanly, and exact under cancellation."""

from __future__ import annotations

import asyncio
import random

import pytest
from anyio.lowlevel import checkpoint

from queues import Channel, ClosedChannel, EndOfStream, Inlet, Outlet, open_channel


async def rest() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await checkpoint()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def channel(capacity: int, clock: Clock | None = None) -> Channel[int]:
    return open_channel("test", capacity, clock=clock or Clock())


async def test_items_come_in_order() -> None:
    """What was put is got in the same order, and the stream ends when the last inlet closes."""
    inlet, outlet = channel(3)
    with inlet:
        for item in range(3):
            await inlet.put(item)
    assert [item async for item in outlet] == [0, 1, 2]
    with pytest.raises(EndOfStream, match="'test' has ended"):
        await outlet.get()


@pytest.mark.parametrize("capacity", [0, -1])
def test_capacity_at_least_one(capacity: int) -> None:
    """A channel without room for one item is refused."""
    with pytest.raises(ValueError, match="at least 1"):
        channel(capacity)


async def test_full_channel_blocks() -> None:
    """A put into a full channel waits for a get, and the buffer never exceeds its capacity."""
    inlet, outlet = channel(1)
    await inlet.put(1)
    async with asyncio.TaskGroup() as group:
        putter = group.create_task(inlet.put(2))
        await rest()
        assert not putter.done()
        assert outlet.statistics().depth == 1
        assert outlet.statistics().waiting_putters == 1
        assert await outlet.get() == 1
        await putter
    assert await outlet.get() == 2


async def test_putters_are_fair() -> None:
    """Waiting putters go in order of arrival, and a newcomer does not overtake one that was just granted."""
    inlet, outlet = channel(1)
    await inlet.put(0)
    async with asyncio.TaskGroup() as group:
        for item in (1, 2):
            group.create_task(inlet.put(item))
        await rest()
        got = [await outlet.get()]
        group.create_task(inlet.put(3))
        got += [await outlet.get() for _ in range(3)]
    assert got == [0, 1, 2, 3]


async def test_getters_are_fair() -> None:
    """Waiting getters are served in order of arrival, and a newcomer does not overtake one that was just granted."""
    inlet, outlet = channel(4)
    async with asyncio.TaskGroup() as group:
        getters = [group.create_task(outlet.get()) for _ in range(2)]
        await rest()
        await inlet.put(1)
        await inlet.put(2)
        newcomer = group.create_task(outlet.get())
        await inlet.put(3)
    assert [getter.result() for getter in [*getters, newcomer]] == [1, 2, 3]


async def test_cancelled_put_puts_nothing() -> None:
    """A put cancelled while it waits, or after it was granted a place, leaves no item and frees the place."""
    inlet, outlet = channel(1)
    await inlet.put(0)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(inlet.put(1))
        granted = group.create_task(inlet.put(2))
        last = group.create_task(inlet.put(3))
        await rest()
        waiting.cancel()
        await rest()
        assert await outlet.get() == 0
        granted.cancel()
        await last
        assert await outlet.get() == 3
    assert waiting.cancelled()
    assert granted.cancelled()
    assert outlet.statistics().puts == 2


async def test_cancelled_get_takes_nothing() -> None:
    """Items granted to getters that are cancelled stay at the front, in order."""
    inlet, outlet = channel(2)
    async with asyncio.TaskGroup() as group:
        getters = [group.create_task(outlet.get()) for _ in range(2)]
        await rest()
        await inlet.put(1)
        await inlet.put(2)
        for getter in getters:
            getter.cancel()
        await rest()
        assert await outlet.get() == 1
        await inlet.put(3)
        assert [await outlet.get(), await outlet.get()] == [2, 3]
    assert outlet.statistics().gets == 3


async def test_cancelled_get_passes_on() -> None:
    """The item of a cancelled getter wakes the next getter in line."""
    inlet, outlet = channel(1)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(outlet.get())
        second = group.create_task(outlet.get())
        await rest()
        await inlet.put(1)
        first.cancel()
        assert await second == 1


async def test_every_inlet_must_close() -> None:
    """The stream goes on until each clone of the inlet is closed; closing twice counts once."""
    inlet, outlet = channel(1)
    other = inlet.clone()
    inlet.close()
    inlet.close()
    await other.put(1)
    assert await outlet.get() == 1
    async with asyncio.TaskGroup() as group:
        getters = [group.create_task(anext(outlet, None)) for _ in range(2)]
        await rest()
        assert not getters[0].done()
        other.close()
    assert [getter.result() for getter in getters] == [None, None]


async def test_closed_inlet_refuses() -> None:
    """A closed inlet neither puts nor clones."""
    inlet, _outlet = channel(1)
    async with inlet:
        pass
    with pytest.raises(ClosedChannel, match="'test' is closed"):
        await inlet.put(1)
    with pytest.raises(ClosedChannel):
        inlet.clone()


async def test_closed_outlet_refuses() -> None:
    """A closed outlet does not get, while its clone goes on."""
    inlet, outlet = channel(1)
    other = outlet.clone()
    outlet.close()
    await inlet.put(1)
    with pytest.raises(ClosedChannel):
        await outlet.get()
    assert await other.get() == 1


async def test_last_outlet_breaks_off() -> None:
    """When the last outlet closes, waiting and later puts fail, and so do waiting gets."""
    inlet, outlet = channel(1)
    getter = asyncio.ensure_future(outlet.get())
    await rest()
    outlet.close()
    with pytest.raises(ClosedChannel):
        await getter
    with pytest.raises(ClosedChannel):
        await inlet.put(1)


async def test_waiting_put_fails_without_outlet() -> None:
    """A put that waits for room fails when the last outlet closes."""
    inlet, outlet = channel(1)
    await inlet.put(1)
    putter = asyncio.ensure_future(inlet.put(2))
    await rest()
    outlet.close()
    with pytest.raises(ClosedChannel):
        await putter


async def test_waiting_put_outlives_its_inlet() -> None:
    """A put that already waits when its inlet is closed still goes through before the stream ends."""
    inlet, outlet = channel(1)
    await inlet.put(1)
    async with asyncio.TaskGroup() as group:
        group.create_task(inlet.put(2))
        await rest()
        inlet.close()
        assert [item async for item in outlet] == [1, 2]


async def test_cancelled_last_put_ends_stream() -> None:
    """The stream ends when the only put that still held it open is cancelled."""
    inlet, outlet = channel(1)
    await inlet.put(1)
    async with asyncio.TaskGroup() as group:
        putter = group.create_task(inlet.put(2))
        await rest()
        inlet.close()
        assert await outlet.get() == 1
        ending = group.create_task(anext(outlet, None))
        putter.cancel()
        assert await ending is None


async def test_statistics_time_the_waits() -> None:
    """Statistics count puts and gets, and time how long each side waited."""
    clock = Clock()
    inlet, outlet = channel(1, clock)
    async with asyncio.TaskGroup() as group:
        group.create_task(outlet.get())
        await rest()
        assert inlet.statistics().waiting_getters == 1
        clock.now += 2
        await inlet.put(1)
        await rest()
        await inlet.put(2)
        group.create_task(inlet.put(3))
        await rest()
        clock.now += 3
        await outlet.get()
    figures = outlet.statistics()
    assert (figures.name, figures.capacity, figures.depth) == ("test", 1, 1)
    assert (figures.puts, figures.gets) == (3, 2)
    assert (figures.get_wait_s, figures.put_wait_s) == (2, 3)
    assert (figures.waiting_getters, figures.waiting_putters) == (0, 0)


async def put_one(inlet: Inlet[int], item: int, sent: list[int]) -> None:
    await inlet.put(item)
    sent.append(item)


async def get_one(outlet: Outlet[int], received: list[int]) -> None:
    received.append(await outlet.get())


@pytest.mark.parametrize("seed", range(20))
async def test_exact_under_random_cancellation(seed: int) -> None:
    """Whatever is cancelled when, exactly the items whose put returned are got, once each and in order."""
    dice = random.Random(seed)
    inlet, outlet = channel(dice.randint(1, 3))
    sent: list[int] = []
    received: list[int] = []
    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []
        for item in range(300):
            act = put_one(inlet, item, sent) if dice.random() < 0.5 else get_one(outlet, received)
            tasks.append(group.create_task(act))
            for _ in range(dice.randint(0, 2)):
                await checkpoint()
            assert inlet.statistics().depth <= inlet.statistics().capacity
            if dice.random() < 0.4:
                dice.choice(tasks[-8:]).cancel()
        for task in tasks:
            task.cancel()
    inlet.close()
    assert received + [item async for item in outlet] == sent
