"""Admission to one endpoint: how many requests may be in flight, and how those wait who may not yet.

Whose turn it is when a slot is free is decided in `request_order.py`; what the limit should be, by a policy such as
`adaptive_limit.py`. Grants are made when a slot is freed, asked for, or added by a higher limit, with no polling. A
slot counts as in flight from its grant, so a waiter cancelled after it was granted gives it back. Lowering the limit
interrupts nothing; it holds back grants until enough slots were left.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import NamedTuple

from queues.load_signals import FixedLimit, LimitChange, LimitPolicy, LoadSignal
from queues.request_order import RequestOrder, StageQueue

__all__ = ["AdmissionGate", "GateClosed", "GateStatistics", "Held"]

HISTORY = 256
"""Changes of the limit that are remembered, for progress lines: some minutes of them, however often it changes."""


class GateClosed(Exception):
    """The gate admits no more requests; the run is stopping, so leave the item open."""

    def __init__(self) -> None:
        super().__init__("the gate is closed: no more requests are admitted")


class Held(NamedTuple):
    """A request in flight."""

    label: str
    age_s: float


@dataclass(frozen=True)
class GateStatistics:
    """What a gate holds now and what it has admitted; the waits are those that have ended."""

    limit: int
    in_flight: int
    peak_in_flight: int
    admitted: int
    waiting: dict[str, int]
    wait_s: dict[str, float]
    oldest: Held | None
    """The request that has been in flight for longest."""


class _Slot:
    """One request's place, from its turn until it is done; a generator would cost as much as the rest of the gate."""

    __slots__ = ("_affinity", "_gate", "_stage", "label", "since")

    def __init__(self, gate: AdmissionGate, stage: StageQueue, affinity: str, label: str) -> None:
        self._gate = gate
        self._stage = stage
        self._affinity = affinity
        self.label = label
        self.since = 0.0

    async def __aenter__(self) -> float:
        self.since = await self._gate._enter(self._stage, self._affinity)
        self._gate._held[self] = None
        return self.since

    async def __aexit__(self, *exc_info: object) -> None:
        del self._gate._held[self]
        self._gate._leave(self._stage)


class AdmissionGate:
    """Admits at most `limit` requests at a time, `limit` being at most `ceiling`."""

    def __init__(
        self,
        ceiling: int,
        *,
        stages: Sequence[str],
        policy: LimitPolicy | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open a gate at its ceiling; `stages` stand from source to sink, `policy` is `FixedLimit` if not given.

        :raises ValueError: if `ceiling` is less than 1, or `stages` are none or not distinct.
        """
        if ceiling < 1:
            raise ValueError(f"the ceiling must be at least 1, not {ceiling}")
        self._order = RequestOrder(stages)
        self._stages = self._order.queues
        self.ceiling = ceiling
        self._limit = ceiling
        self._policy = policy or FixedLimit()
        self._clock = clock
        self._history: deque[LimitChange] = deque(maxlen=HISTORY)
        self._in_flight = 0
        self._held: dict[_Slot, None] = {}
        """Slots in the order of their admission."""
        self._peak = 0
        self._admitted = 0
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def limit(self) -> int:
        """How many requests may be in flight now."""
        return self._limit

    @property
    def in_flight(self) -> int:
        """How many requests are in flight now."""
        return self._in_flight

    @property
    def history(self) -> tuple[LimitChange, ...]:
        """The latest changes of the limit, oldest first."""
        return tuple(self._history)

    @property
    def saturated(self) -> bool:
        """Whether the limit holds requests back now."""
        return self._order.waiting

    @property
    def closed(self) -> bool:
        """Whether the gate admits no more requests."""
        return self._closed

    def slot(self, stage: str, affinity: str = "", label: str = "") -> AbstractAsyncContextManager[float]:
        """Hold a slot for one request of `stage`, waiting for its turn; gives the time of admission.

        Statistics call it by its `label`, or its stage.

        :raises GateClosed: on entering, if the gate is closed, or is closed before this request's turn comes.
        :raises ValueError: if `stage` is not one of the gate's.
        """
        if stage not in self._stages:
            raise ValueError(f"the gate knows no stage {stage!r}, only {', '.join(self._stages)}")
        return _Slot(self, self._stages[stage], affinity, label or stage)

    def set_limit(self, limit: int, reason: str) -> None:
        """Change the limit; what is in flight goes on.

        :raises ValueError: if `limit` is not within 1 and the ceiling.
        """
        if not 1 <= limit <= self.ceiling:
            raise ValueError(f"the limit must be within 1 and {self.ceiling}, not {limit}")
        if limit != self._limit:
            self._limit = limit
            self._history.append(LimitChange(self._clock(), limit, reason))
            self._grant()

    def observe(self, signal: LoadSignal) -> None:
        """Let the policy decide what `signal` means; its decision is brought within 1 and the ceiling."""
        self._decide(replace(signal, at=self._clock() if signal.at is None else signal.at, in_flight=self._in_flight))

    def settled(self, since: float, *, refused: bool = False) -> None:
        """Let the policy know that a request that was admitted at `since` was answered, or refused for load."""
        self._decide(
            LoadSignal(
                answered=not refused,
                refused=refused,
                saturated=self._order.waiting,
                since=since,
                at=self._clock(),
                in_flight=self._in_flight,
            )
        )

    def _decide(self, seen: LoadSignal) -> None:
        decision = self._policy.decide(seen, self._limit, self.ceiling)
        if decision is not None:
            self.set_limit(min(max(decision.limit, 1), self.ceiling), decision.reason)

    def close(self) -> None:
        """Admit nothing more and turn away all who wait; what is in flight goes on. Again does nothing."""
        self._closed = True
        for stage in self._stages.values():
            while stage.waiting:
                future = stage.pop()
                if not future.done():
                    future.set_result(False)

    async def drained(self) -> None:
        """Wait until nothing is in flight."""
        while self._in_flight:
            await self._idle.wait()

    def statistics(self) -> GateStatistics:
        """Describe the gate as it stands now."""
        return GateStatistics(
            limit=self._limit,
            in_flight=self._in_flight,
            peak_in_flight=self._peak,
            admitted=self._admitted,
            waiting={name: stage.waiting for name, stage in self._stages.items()},
            wait_s={name: stage.wait_s for name, stage in self._stages.items()},
            oldest=self._oldest(),
        )

    def _oldest(self) -> Held | None:
        first = next(iter(self._held), None)
        return None if first is None else Held(first.label, max(0.0, self._clock() - first.since))

    async def _enter(self, stage: StageQueue, affinity: str) -> float:
        if self._closed:
            raise GateClosed
        if self._in_flight < self._limit and not self._order.waiting:
            self._admit(stage)
        else:
            await self._turn(stage, affinity)
        self._admitted += 1
        return self._clock()

    async def _turn(self, stage: StageQueue, affinity: str) -> None:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        stage.join(affinity, future)
        self._grant()
        started = self._clock()
        try:
            granted = await future
        except BaseException:
            stage.discard(affinity, future)
            if future.done() and not future.cancelled() and future.result():
                self._leave(stage)
            raise
        finally:
            stage.wait_s += self._clock() - started
        if not granted:
            raise GateClosed

    def _leave(self, stage: StageQueue) -> None:
        stage.in_flight -= 1
        self._in_flight -= 1
        self._grant()
        if not self._in_flight:
            self._idle.set()

    def _grant(self) -> None:
        while self._in_flight < self._limit and (stage := self._order.next(self._limit)):
            future = stage.pop()
            if future.done():
                continue
            future.set_result(True)
            self._admit(stage)

    def _admit(self, stage: StageQueue) -> None:
        self._order.granted(stage)
        self._in_flight += 1
        if self._in_flight > self._peak:
            self._peak = self._in_flight
        self._idle.clear()
