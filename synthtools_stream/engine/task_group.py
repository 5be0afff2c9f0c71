"""Several coroutines at once, in a task group of their own: their results in order, or the first failure as it is.

This is how a stage asks several questions of one item at the same time, and how the sources and pools of a pipeline
run side by side. Nothing that was started here goes on after the call has returned.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

__all__ = ["all_results", "alongside"]

T = TypeVar("T")


async def all_results(work: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """Run all of `work` at once and return the results in the given order.

    The first failure cancels the rest and is raised as it is, not as a group, so that callers can tell a rejection
    from a fault.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in work]
    except BaseExceptionGroup as failures:
        raise _leaf(failures) from failures
    return [task.result() for task in tasks]


@asynccontextmanager
async def alongside(work: Iterable[Coroutine[None, None, object]]) -> AsyncGenerator[None]:
    """Run all of `work` for as long as the block runs; what then still goes on is cancelled.

    A failure of one ends the block and is raised as it is, and so is a failure of the block's own.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in work]
            yield
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as failures:
        raise _leaf(failures) from failures


def _leaf(failure: BaseException) -> BaseException:
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure
