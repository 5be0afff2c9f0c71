"""Equal work at once is done once."""

from __future__ import annotations

import asyncio

import pytest

from synthtools_stream.asking.single_flight import SingleFlight


async def settle() -> None:
    """Let every ready task run as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Work:
    """Counts its starts and ends when told."""

    def __init__(self) -> None:
        self.started = 0
        self.go = asyncio.Event()

    async def __call__(self) -> str:
        self.started += 1
        await self.go.wait()
        return f"result {self.started}"


@pytest.mark.parametrize("shared", [True, False])
async def test_done_once_for_all(shared: bool) -> None:
    """All who ask for the same at once get one result; later it is done anew."""
    in_flight: SingleFlight[str] = SingleFlight(shared_failures=shared)
    work = Work()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(in_flight.once("k", work)) for _ in range(5)]
        await settle()
        work.go.set()

    assert {task.result() for task in tasks} == {"result 1"}
    assert await in_flight.once("k", work) == "result 2"
    assert len(in_flight) == 0


@pytest.mark.parametrize("shared", [True, False])
async def test_follower_takes_over(shared: bool) -> None:
    """When the one who does it is cancelled, one of the others does it, and nobody else is disturbed."""
    in_flight: SingleFlight[str] = SingleFlight(shared_failures=shared)
    work = Work()
    async with asyncio.TaskGroup() as group:
        leader = group.create_task(in_flight.once("k", work))
        followers = [group.create_task(in_flight.once("k", work)) for _ in range(3)]
        await settle()
        leader.cancel()
        await settle()
        work.go.set()

    assert leader.cancelled()
    assert {task.result() for task in followers} == {"result 2"}


@pytest.mark.parametrize("shared", [True, False])
async def test_cancelled_follower_leaves_alone(shared: bool) -> None:
    """A waiter that is cancelled cancels neither the work nor the others."""
    in_flight: SingleFlight[str] = SingleFlight(shared_failures=shared)
    work = Work()
    async with asyncio.TaskGroup() as group:
        leader = group.create_task(in_flight.once("k", work))
        gone, stays = (group.create_task(in_flight.once("k", work)) for _ in range(2))
        await settle()
        gone.cancel()
        await settle()
        work.go.set()

    assert gone.cancelled()
    assert leader.result() == stays.result() == "result 1"


async def test_failure_is_shared() -> None:
    """Who waits for work that fails gets its failure, and nothing is tried twice."""
    in_flight: SingleFlight[str] = SingleFlight(shared_failures=True)
    work = Failing(1)
    tasks = [asyncio.ensure_future(in_flight.once("k", work)) for _ in range(3)]
    await settle()
    work.go.set()

    for task in tasks:
        with pytest.raises(LookupError, match="no 1"):
            await task
    assert work.started == 1


async def test_failure_is_ones_own() -> None:
    """Where failures are not shared, the next who waits tries itself, and the others wait for that one."""
    in_flight: SingleFlight[str] = SingleFlight(shared_failures=False)
    work = Failing(2)
    tasks = [asyncio.ensure_future(in_flight.once("k", work)) for _ in range(4)]
    await settle()
    work.go.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)

    assert [str(one) for one in found] == ["no 1", "no 2", "result 3", "result 3"]
    assert work.started == 3
    assert len(in_flight) == 0


class Failing(Work):
    """Fails as often as told, then succeeds."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self._failures = failures

    async def __call__(self) -> str:
        done = await super().__call__()
        await asyncio.sleep(0)
        if self.started <= self._failures:
            raise LookupError(f"no {self.started}")
        return done
