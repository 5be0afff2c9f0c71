"""Which of the requests that wait at a gate is sent next.

`stages` are named from source to sink. A free slot goes to the waiting stage nearest the sink (*drain first*), with two
exceptions, the floors between the stages and the affinity within one.

**Why drain first.** A request near the sink ends work that was paid for already, frees its credit and its memory, and
makes a row; one near the source only begins more of it. Were the oldest served first, a run would carry everything
half done, and one that is stopped in the middle would have little to show.

**Why floors.** With drain first alone, a long queue near the sink takes every slot and dries up what feeds it; when it
is drained, the server stands idle while the first stages fill the line again. So a waiting stage is owed
1/`FLOOR_SHARE` of the slots, at least one. Stages short of their floor take turns, the one that was served least
lately first. Floors take at most half of the limit in all, hence a small limit cannot be eaten up by them: with a
limit of 1 there are none, with 3 one slot goes round among the stages that drain first passes over.

**Why affinity.** Requests of one affinity key (an environment) begin alike, and a server that has just read that
beginning finds it in its prefix cache. Within a stage requests are served in order of arrival, but those of one key
follow each other, up to `MAX_RUN` in a row while others wait.

A choice costs O(stages) and looks at no single request.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Sequence
from itertools import takewhile

__all__ = ["RequestOrder", "StageQueue"]

MAX_RUN = 32
"""Requests of one affinity key in a row while others wait: enough for the first one's cost to be spread thin, and few
enough that the other environments of a stage wait for seconds and not for minutes."""
FLOOR_SHARE = 16
"""A waiting stage's floor is the limit divided by this: with our six stages the floors of all together stay below half
of the limit, so that most slots still drain."""


class StageQueue:
    """Those of one stage who wait, grouped by affinity, the group to be served next in front."""

    def __init__(self) -> None:
        """Start with nobody waiting and nothing in flight."""
        self.waiting = 0
        """Requests that wait."""
        self.in_flight = 0
        """Requests that hold a slot."""
        self.wait_s = 0.0
        """Seconds waited by all whose wait has ended."""
        self.last_grant = 0
        """Number of the grant that this stage got last, counted over all stages."""
        self._groups: OrderedDict[str, deque[asyncio.Future[bool]]] = OrderedDict()
        self._run = 0

    def join(self, affinity: str, future: asyncio.Future[bool]) -> None:
        """Wait in line, behind those of the same affinity; `future` will say whether the slot was granted."""
        self._groups.setdefault(affinity, deque()).append(future)
        self.waiting += 1

    def pop(self) -> asyncio.Future[bool]:
        """Take out whoever is next; somebody must wait."""
        affinity, group = next(iter(self._groups.items()))
        future = group.popleft()
        self.waiting -= 1
        self._run += 1
        if not group:
            del self._groups[affinity]
            self._run = 0
        elif self._run >= MAX_RUN:
            self._groups.move_to_end(affinity)
            self._run = 0
        return future

    def discard(self, affinity: str, future: asyncio.Future[bool]) -> None:
        """Forget a waiter, if it still waits."""
        group = self._groups.get(affinity)
        if group is None or future not in group:
            return
        group.remove(future)
        self.waiting -= 1
        if not group:
            self._run = 0 if affinity == next(iter(self._groups)) else self._run
            del self._groups[affinity]


class RequestOrder:
    """The queues of all stages, from source to sink, and the choice between them."""

    def __init__(self, stages: Sequence[str]) -> None:
        """Start with empty queues.

        :raises ValueError: if `stages` are none or not distinct.
        """
        self.queues = {name: StageQueue() for name in stages}
        if not stages or len(self.queues) < len(stages):
            raise ValueError(f"stages must be named and distinct, not {list(stages)}")
        self._grants = 0

    @property
    def waiting(self) -> bool:
        """Whether anybody waits."""
        for queue in self.queues.values():  # noqa: SIM110 - asked twice a request, where `any` costs three times as much
            if queue.waiting:
                return True
        return False

    def next(self, limit: int) -> StageQueue | None:
        """Choose the stage that is served next under `limit`: the last that waits, unless a floor comes first."""
        if not self.waiting:
            return None
        waiting = [queue for queue in self.queues.values() if queue.waiting]
        last = waiting[-1]
        floor = max(1, limit // FLOOR_SHARE)
        short = [queue for queue in waiting if queue.in_flight < floor]
        if not short or short[-1] is last:
            return last
        before = takewhile(lambda queue: queue is not last, self.queues.values())
        spent = sum(min(queue.in_flight, floor) for queue in before)
        return min(short, key=lambda queue: queue.last_grant) if spent < limit // 2 else last

    def granted(self, queue: StageQueue) -> None:
        """Take note that a stage got a slot, which puts it last in turn among those short of their floor."""
        self._grants += 1
        queue.last_grant = self._grants
        queue.in_flight += 1
