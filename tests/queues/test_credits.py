"""Credits: live work is bounded, shared leases end once, quotas are never exceeded."""

from __future__ import annotations

import asyncio
import random

import pytest
from anyio.lowlevel import checkpoint

from queues import CreditPool, Lease


async def rest() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await checkpoint()


async def take(pool: CreditPool) -> Lease:
    lease = await pool.acquire()
    assert lease is not None
    return lease


async def test_live_work_is_bounded() -> None:
    """No more than `size` leases are live; the next one waits until one ends."""
    pool = CreditPool("tasks", 2)
    first = await take(pool)
    await take(pool)
    async with asyncio.TaskGroup() as group:
        third = group.create_task(pool.acquire())
        await rest()
        assert not third.done()
        assert (pool.live, pool.waiting, pool.size) == (2, 1, 2)
        first.drop()
    assert third.result() is not None
    assert (pool.live, pool.waiting) == (2, 0)


async def test_last_share_returns_the_credit() -> None:
    """A lease lives until each share was dropped; to drop, share or keep it afterwards is a bug."""
    pool = CreditPool("tasks", 1)
    lease = await take(pool)
    assert lease.share() is lease
    lease.drop()
    assert (pool.live, lease.shares) == (1, 1)
    lease.drop()
    assert (pool.live, lease.shares) == (0, 0)
    for misuse in (lease.drop, lease.share, lease.keep):
        with pytest.raises(RuntimeError, match="'tasks' was used after"):
            misuse()
    assert (pool.live, pool.kept) == (0, 0)


async def test_acquirers_are_fair() -> None:
    """Those who wait are served in order of asking, and a newcomer does not overtake them."""
    pool = CreditPool("tasks", 1)
    lease = await take(pool)
    order: list[int] = []

    async def ask(number: int) -> None:
        mine = await take(pool)
        order.append(number)
        await checkpoint()
        mine.drop()

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(ask(number))
        await rest()
        lease.drop()
        group.create_task(ask(3))
    assert order == [0, 1, 2, 3]


async def test_closing_wakes_with_none() -> None:
    """Closing gives None to those who wait and to later ones; live leases go on."""
    pool = CreditPool("tasks", 1)
    lease = await take(pool)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(pool.acquire())
        await rest()
        pool.close()
        pool.close()
    assert waiting.result() is None
    assert await pool.acquire() is None
    assert pool.closed
    lease.share().keep()
    lease.drop()
    lease.drop()
    assert (pool.live, pool.kept) == (0, 1)


async def test_cancelled_waiter_leaves_the_line() -> None:
    """A cancelled waiter takes no credit, and one cancelled after it was granted passes it on."""
    pool = CreditPool("tasks", 1)
    lease = await take(pool)
    async with asyncio.TaskGroup() as group:
        waiting, granted, last = (group.create_task(pool.acquire()) for _ in range(3))
        await rest()
        waiting.cancel()
        await rest()
        assert pool.waiting == 2
        lease.drop()
        granted.cancel()
    assert last.result() is not None
    assert (pool.live, pool.waiting) == (1, 0)


async def test_quota_admits_no_excess() -> None:
    """While the undecided leases could still fill the quota, no more are given; one that ends unkept makes room."""
    pool = CreditPool("tasks", 9, quota=2)
    first, second = await take(pool), await take(pool)
    async with asyncio.TaskGroup() as group:
        third = group.create_task(pool.acquire())
        first.keep()
        first.keep()
        first.drop()
        await rest()
        assert (pool.kept, third.done()) == (1, False)
        second.drop()
    lease = third.result()
    assert lease is not None
    assert (pool.closed, lease.kept) == (False, False)
    lease.keep()
    assert (pool.closed, pool.kept, pool.live) == (True, 2, 1)
    assert await pool.acquire() is None


async def test_reached_quota_wakes_waiters() -> None:
    """Those who wait get None when the quota is reached by the others."""
    pool = CreditPool("tasks", 9, quota=1)
    lease = await take(pool)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(pool.acquire())
        await rest()
        lease.keep()
    assert waiting.result() is None


async def test_quota_zero_is_closed() -> None:
    """A pool with a quota of 0 gives nothing."""
    assert await CreditPool("tasks", 1, quota=0).acquire() is None


def test_bad_sizes_are_refused() -> None:
    """A size below 1 and a negative quota are refused."""
    with pytest.raises(ValueError, match="size must be at least 1"):
        CreditPool("tasks", 0)
    with pytest.raises(ValueError, match="quota must not be negative"):
        CreditPool("tasks", 1, quota=-1)


@pytest.mark.parametrize("seed", range(10))
async def test_exact_under_random_cancellation(seed: int) -> None:
    """Whatever is cancelled when, the bound holds, every credit comes back and the quota is met exactly."""
    dice = random.Random(seed)
    pool = CreditPool("tasks", 3, quota=20)

    async def work() -> None:
        if (lease := await pool.acquire()) is None:
            return
        try:
            assert pool.live <= pool.size
            await checkpoint()
            if dice.random() < 0.5:
                lease.keep()
        finally:
            lease.drop()

    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []
        while not pool.closed:
            tasks.append(group.create_task(work()))
            if dice.random() < 0.3:
                dice.choice(tasks[-6:]).cancel()
            await checkpoint()
    assert (pool.live, pool.kept, pool.waiting) == (0, 20, 0)


async def test_exempt_passes_closed_pool() -> None:
    """What an earlier run decided is let in by a closed pool, takes a place, and counts into no quota."""
    pool = CreditPool("tasks", 1, quota=1)
    decided = await pool.acquire(exempt=True)
    assert decided is not None
    decided.keep()
    assert (pool.live, pool.kept, pool.closed) == (1, 0, False)
    decided.drop()
    fresh = await pool.acquire()
    assert fresh is not None
    fresh.keep()
    fresh.drop()
    assert pool.closed
    assert await pool.acquire() is None
    assert await pool.acquire(exempt=True) is not None


async def test_given_while_wanted() -> None:
    """A lease that is not wanted waits until the pool is told to look again; an exempt one does not wait."""
    wanted, changes = False, 0

    def changed() -> None:
        nonlocal changes
        changes += 1

    pool = CreditPool("tasks", 5, wanted=lambda: wanted, changed=changed)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(pool.acquire())
        exempt = group.create_task(pool.acquire(exempt=True))
        await rest()
        assert (waiting.done(), exempt.done()) == (False, True)
        pool.grant()
        await rest()
        assert not waiting.done()
        wanted = True
        pool.grant()
    lease = waiting.result()
    assert lease is not None
    assert (pool.undecided, pool.lost, changes) == (1, 0, 0)
    lease.drop()
    assert (pool.undecided, pool.lost, changes) == (0, 1, 1)
