"""Several coroutines at once: order kept, first failure raised bare, the rest cancelled."""

from __future__ import annotations

import asyncio

import pytest

from synthtools_stream.engine.task_group import all_results
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
