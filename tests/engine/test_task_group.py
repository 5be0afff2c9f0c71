"""Several coroutines at once: order kept, first failure raised bare, the rest cancelled."""

from __future__ import annotations

import asyncio

import pytest

from synthtools_stream.engine.task_group import all_results, alongside
from synthtools_stream.errors import Rejection


async def after(turns: int, value: str) -> str:
    """Return `value` after some turns of the loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


async def test_order_is_kept() -> None:
    """Results stand in the given order, whichever was first."""
    assert await all_results(after(turns, str(turns)) for turns in (3, 0, 2)) == ["3", "0", "2"]


async def test_nothing_to_do() -> None:
    """No work gives no results."""
    assert await all_results([]) == []


async def test_first_failure_is_bare() -> None:
    """The first failure is raised as it is, the rest are cancelled."""
    cancelled = False

    async def hang() -> str:
        nonlocal cancelled
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled = True
            raise
        return ""

    async def fail() -> str:
        await asyncio.sleep(0)
        raise Rejection("unfit", "why")

    with pytest.raises(Rejection, match="unfit: why"):
        await all_results([hang(), fail()])
    assert cancelled


async def test_nested_failure_is_bare() -> None:
    """A failure inside a nested group comes out as it is, too."""

    async def fail() -> str:
        raise Rejection("unfit")

    async def nest() -> str:
        return (await all_results([fail()]))[0]

    with pytest.raises(Rejection):
        await all_results([nest(), after(9, "x")])


async def test_cancellation_passes() -> None:
    """Cancelling the caller cancels the work and is passed on."""
    running = asyncio.create_task(all_results([after(10**9, "never")]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_alongside_a_block() -> None:
    """The work goes on for as long as the block does, and is cancelled with it."""
    began, ended = asyncio.Event(), False

    async def work() -> None:
        nonlocal ended
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended = True

    async with alongside([work()]):
        await began.wait()
        assert not ended
    assert ended


async def test_failures_alongside_are_bare() -> None:
    """What fails ends the other, and is raised as it is, whichever it was."""

    async def fail() -> None:
        raise Rejection("unfit")

    with pytest.raises(Rejection, match="unfit"):
        async with alongside([fail()]):
            await asyncio.Event().wait()
    with pytest.raises(Rejection, match="own"):
        async with alongside([asyncio.Event().wait()]):
            raise Rejection("own")
