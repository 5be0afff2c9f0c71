"""What the ends of one channel share: the items, and those who wait on either side; `channel` tells the rules."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["Buffer", "Side"]

T = TypeVar("T")


@dataclass
class Side:
    """One side of the buffer: its open ends, what passed it, and those who wait there in order of arrival."""

    ends: int = 0
    passed: int = 0
    wait_s: float = 0.0
    granted: int = 0
    waiting: deque[asyncio.Future[bool]] = field(default_factory=deque)

    @property
    def queued(self) -> bool:
        return bool(self.waiting or self.granted)

    def grant(self) -> None:
        future = self.waiting.popleft()
        if not future.done():
            future.set_result(True)
            self.granted += 1

    def dismiss(self) -> None:
        while self.waiting:
            future = self.waiting.popleft()
            if not future.done():
                future.set_result(False)

    def leave(self, future: asyncio.Future[bool]) -> None:
        if future in self.waiting:
            self.waiting.remove(future)
        elif future.done() and not future.cancelled():
            self.granted -= future.result()


class Buffer(Generic[T]):
    """The items and the two sides, shared by all ends of one channel."""

    def __init__(self, name: str, capacity: int, clock: Callable[[], float]) -> None:
        self.name = name
        self.capacity = capacity
        self.clock = clock
        self.items: deque[T] = deque()
        self.put_side = Side()
        self.get_side = Side()

    @property
    def ended(self) -> bool:
        return not (self.put_side.ends or self.items or self.put_side.queued)

    def settle(self) -> None:
        """Grant what can be granted, and dismiss those for whom nothing can come any more."""
        putters, getters = self.put_side, self.get_side
        if not getters.ends:
            putters.dismiss()
            getters.dismiss()
        while putters.waiting and len(self.items) + putters.granted < self.capacity:
            putters.grant()
        while getters.waiting and len(self.items) > getters.granted:
            getters.grant()
        if self.ended:
            getters.dismiss()

    async def turn(self, side: Side) -> bool:
        """Wait in line: True is a grant, to be used before the next await; False is a dismissal."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        side.waiting.append(future)
        started = self.clock()
        try:
            granted = await future
        except BaseException:
            side.leave(future)
            self.settle()
            raise
        finally:
            side.wait_s += self.clock() - started
        side.granted -= granted
        return granted
