"""Run several coroutines at once inside one item, in an owned task group, and keep their order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

__all__ = ["concurrently"]

T = TypeVar("T")


async def concurrently(work: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """Return the results in the given order.

    The first failure cancels the rest and is raised as it is, not as a group, so that callers can tell a rejection
    from a fault.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(coroutine) for coroutine in work]
    except BaseExceptionGroup as failures:
        raise _leaf(failures) from failures
    return [task.result() for task in tasks]


def _leaf(failure: BaseException) -> BaseException:
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure
