"""Work that is asked for twice at once is done once.

The first to ask does it in its own task; the others wait for it. If the first is cancelled, one of those who wait does
it instead. If it fails, either all fail with it, where it was tried as often as is sensible already; or the next who
waits does it in its own way, where each stands for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

__all__ = ["SingleFlight"]

T = TypeVar("T")


class _Work(Generic[T]):
    """Work under way, and whoever waits for it: mostly nobody."""

    __slots__ = ("_ended", "error", "result")

    def __init__(self) -> None:
        self._ended: asyncio.Event | None = None
        self.result: list[T] = []
        self.error: Exception | None = None

    async def wait(self) -> None:
        if self._ended is None:
            self._ended = asyncio.Event()
        await self._ended.wait()

    def end(self) -> None:
        if self._ended is not None:
            self._ended.set()


class SingleFlight(Generic[T]):
    """The work that is under way, by key."""

    def __init__(self, *, shared_failures: bool) -> None:
        """Who waits gets the failure, too, where `shared_failures`; else it tries itself, one after the other."""
        self._shared_failures = shared_failures
        self._under_way: dict[str, _Work[T]] = {}

    def __len__(self) -> int:
        """Return how many pieces of work are under way."""
        return len(self._under_way)

    async def once(self, key: str, do: Callable[[], Awaitable[T]]) -> T:
        """Return what `do` returns, or what it returns to another who is at it.

        :raises Exception: when `do` raises it, and when the `do` of another did, where failures are shared.
        """
        while True:
            work = self._under_way.get(key)
            if work is None:
                return await self._lead(key, do)
            await work.wait()
            if work.result:
                return work.result[0]
            if work.error is not None and self._shared_failures:
                raise work.error

    async def _lead(self, key: str, do: Callable[[], Awaitable[T]]) -> T:
        work = self._under_way[key] = _Work()
        try:
            result = await do()
        except Exception as error:
            work.error = error
            raise
        else:
            work.result.append(result)
            return result
        finally:
            del self._under_way[key]
            work.end()
