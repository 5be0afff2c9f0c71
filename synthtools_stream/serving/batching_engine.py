"""How long a continuous-batching server takes, and when it refuses: slots, queue, KV memory and token rates.

A request waits in arrival order until a slot is free and its prompt fits into the KV memory. It is then prefilled
(one lane for all, so prompts queue behind each other) and decoded in steps, each of which takes more KV memory. When
none is left, the youngest running request is preempted: it loses its memory, goes to the head of the queue and
is prefilled again, what it had generated included. A request that runs alone may always grow.

Time is injected; without rates nothing takes any time. Nothing here decides what is answered.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

__all__ = ["BatchingEngine", "Capacity", "EngineBusy", "Seat"]

STEP_TOKENS = 32
"""Tokens decoded between two looks at load and memory; a real engine looks at every token."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the imitated server can do; None means without limit, or in no time."""

    slots: int = 256
    """Most requests that run at once."""
    prefill_tps: float | None = None
    """Prompt tokens per second, of all requests together."""
    decode_tps: float | None = None
    """Tokens per second of a request that runs alone."""
    decode_slowdown: float = 0.0
    """By which share every further running request lengthens a decode step: 0.01 halves the rate at 101 running."""
    kv_tokens: int | None = None
    """Tokens that the KV memory holds."""
    queue_cap: int | None = None
    """Most requests that wait; one more is refused as busy."""

    def __post_init__(self) -> None:
        """Refuse figures that no server has.

        :raises ValueError: naming the first of them.
        """
        _require(self.slots >= 1, "slots must be 1 or more")
        _require(self.prefill_tps is None or self.prefill_tps > 0, "prefill_tps must be above 0")
        _require(self.decode_tps is None or self.decode_tps > 0, "decode_tps must be above 0")
        _require(self.decode_slowdown >= 0, "decode_slowdown must not be below 0")
        _require(self.kv_tokens is None or self.kv_tokens >= 1, "kv_tokens must be 1 or more")
        _require(self.queue_cap is None or self.queue_cap >= 0, "queue_cap must not be below 0")


class EngineBusy(Exception):
    """The queue is full; the client should come back later, the server does not say when."""

    def __init__(self) -> None:
        super().__init__("The engine is currently busy. Please try again later.")


@dataclass(eq=False)
class Seat:
    """One request's place in the engine, from its arrival to its end."""

    tokens: int
    """Prompt and generated tokens so far: what it needs in memory when it is admitted."""
    held_tokens: int = 0
    """KV memory taken now."""
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Done while the request has a slot; a new one each time it is preempted."""
    preempted: bool = False
    """Whether what it had computed is lost and not yet computed again."""


class BatchingEngine:
    """The one owner of slots and KV memory. Not safe across threads."""

    def __init__(
        self,
        capacity: Capacity,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._capacity = capacity
        self._clock = clock
        self._sleep = sleep
        self._running: list[Seat] = []  # in order of admission: the youngest is last
        self._waiting: deque[Seat] = deque()
        self._held_tokens = 0
        self._lane_free_at = 0.0
        self.preemptions = 0
        """Requests thrown back into the queue so far."""
        self.refusals = 0
        """Requests refused as busy so far."""

    @property
    def running(self) -> int:
        """Requests in a slot now."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Requests in the queue now."""
        return len(self._waiting)

    @property
    def kv_usage(self) -> float:
        """Share of the KV memory taken now, 0 to 1; 0 where memory has no limit."""
        limit = self._capacity.kv_tokens
        return 0.0 if limit is None else min(1.0, self._held_tokens / limit)

    @asynccontextmanager
    async def seat(self, prompt_tokens: int) -> AsyncGenerator[Seat]:
        """Wait for a slot and hold it; it is given back however the block ends.

        :raises EngineBusy: at once, when the queue is full.
        """
        seat = Seat(prompt_tokens)
        self._enter(seat)
        try:
            await seat.turn
            yield seat
        finally:
            self._leave(seat)

    async def prefill(self, tokens: int) -> None:
        """Take the time that `tokens` uncached prompt tokens need, behind the prompts that came before."""
        rate = self._capacity.prefill_tps
        if rate is None or tokens <= 0:
            return
        now = self._clock()
        self._lane_free_at = max(now, self._lane_free_at) + tokens / rate
        await self._sleep(self._lane_free_at - now)

    async def decode(self, seat: Seat, tokens: int) -> AsyncIterator[int]:
        """Take the time that `tokens` generated tokens need; yield how many there are after each step."""
        done = 0
        while done < tokens:
            await self._resume(seat)
            step = min(STEP_TOKENS, tokens - done)
            if self._grow(seat, step):
                await self._decode_step(step)
                done += step
                yield done

    async def _decode_step(self, tokens: int) -> None:
        rate = self._capacity.decode_tps
        if rate is not None:
            others = max(0, self.running - 1)
            await self._sleep(tokens / rate * (1 + self._capacity.decode_slowdown * others))

    async def _resume(self, seat: Seat) -> None:
        """After a preemption wait for a slot again, and compute again what was lost."""
        while seat.preempted:
            if seat.turn.done():
                seat.preempted = False
                await self.prefill(seat.tokens)
            else:
                await seat.turn

    def _enter(self, seat: Seat) -> None:
        self._waiting.append(seat)
        self._admit()
        cap = self._capacity.queue_cap
        if cap is not None and not seat.turn.done() and self.waiting > cap:
            self._waiting.remove(seat)
            self.refusals += 1
            raise EngineBusy

    def _admit(self) -> None:
        """Let the head of the queue run while it fits; nobody overtakes."""
        while self._waiting and self._fits(self._waiting[0]):
            seat = self._waiting.popleft()
            self._running.append(seat)
            self._hold(seat, seat.tokens)
            # A cancelled waiter is taken out by its own `_leave`.
            if not seat.turn.done():
                seat.turn.set_result(None)

    def _fits(self, seat: Seat) -> bool:
        if self.running >= self._capacity.slots:
            return False
        limit = self._capacity.kv_tokens
        # Room for a first step, too: else who comes in is thrown out again at once.
        return limit is None or not self._running or self._held_tokens + seat.tokens + STEP_TOKENS <= limit

    def _grow(self, seat: Seat, tokens: int) -> bool:
        """Take memory for the next step; False when the request itself had to make room."""
        limit = self._capacity.kv_tokens
        while limit is not None and self._held_tokens + tokens > limit and self.running > 1:
            victim = self._running[-1]
            self._preempt(victim)
            if victim is seat:
                return False
        self._hold(seat, tokens)
        seat.tokens += tokens
        return True

    def _preempt(self, seat: Seat) -> None:
        self._running.remove(seat)
        self._release(seat)
        self.preemptions += 1
        seat.preempted = True
        seat.turn = asyncio.get_running_loop().create_future()
        self._waiting.appendleft(seat)

    def _leave(self, seat: Seat) -> None:
        if seat in self._running:
            self._running.remove(seat)
            self._release(seat)
        elif seat in self._waiting:
            self._waiting.remove(seat)
        self._admit()

    def _hold(self, seat: Seat, tokens: int) -> None:
        seat.held_tokens += tokens
        self._held_tokens += tokens

    def _release(self, seat: Seat) -> None:
        self._held_tokens -= seat.held_tokens
        seat.held_tokens = 0


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)
