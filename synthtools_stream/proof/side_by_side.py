"""Work on several rows at once, so that a sandbox has enough to do."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from synthtools_stream.programs.sandbox import SandboxMissing

__all__ = ["side_by_side"]

T = TypeVar("T")


async def side_by_side(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return what each comes to, in order; where one fails, the others are cancelled.

    :raises SandboxMissing: when one of them does.
    """
    tasks: list[asyncio.Task[T]] = []
    lost: Exception | None = None
    try:
        async with asyncio.TaskGroup() as group:
            tasks += [group.create_task(one) for one in work]
    except* SandboxMissing as missing:
        lost = missing.exceptions[0]
    if lost is not None:
        raise lost
    return [task.result() for task in tasks]
