"""Credits bound the live work of a pipeline at its source.

Whoever starts an item acquires a lease; whoever hands parts of the item on gives each a share; the credit returns to
its pool when the last share is dropped. So no more than `size` items are ever alive, however many queues and stages
they are spread over, and memory does not grow with the length of the run.

A pool may also have a *quota* of leases that end well. `Lease.keep` marks one as having produced a released result.
A lease is admitted only while the kept and the undecided ones together are fewer than the quota: every undecided one
may still be kept, so the quota is never exceeded and nothing that was kept is thrown away. An undecided one that ends
unkept makes room for another. When the quota is reached, the pool closes itself.

And a pool may ask whether another lease is *wanted* now, say because enough is under way further on. Whoever knows that
the answer may have changed lets the pool `grant` again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

__all__ = ["CreditPool", "Lease"]


class CreditPool:
    """At most `size` leases at a time, in order of asking, until closed or until `quota` of them were kept."""

    def __init__(
        self,
        name: str,
        size: int,
        *,
        quota: int | None = None,
        wanted: Callable[[], bool] = lambda: True,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Open a pool; a quota of 0 closes it at once. `changed` is called when a lease was kept or has ended.

        :raises ValueError: if `size` is less than 1 or `quota` is negative.
        """
        if size < 1:
            raise ValueError(f"credit pool {name!r}: size must be at least 1, not {size}")
        if quota is not None and quota < 0:
            raise ValueError(f"credit pool {name!r}: quota must not be negative, not {quota}")
        self.name = name
        self.size = size
        self.quota = quota
        self._wanted = wanted
        self._changed = changed
        self._live = 0
        self._kept = 0
        self._undecided = 0
        self._lost = 0
        self._closed = quota == 0
        self._waiting: deque[asyncio.Future[Lease | None]] = deque()
        self._exempt_waiting: deque[asyncio.Future[Lease | None]] = deque()

    @property
    def live(self) -> int:
        """The number of leases that have not ended."""
        return self._live

    @property
    def kept(self) -> int:
        """The number of leases that were kept, ended or not."""
        return self._kept

    @property
    def undecided(self) -> int:
        """The number of live leases that may still be kept; exempt ones are not counted."""
        return self._undecided

    @property
    def lost(self) -> int:
        """The number of leases that ended without being kept; exempt ones are not counted."""
        return self._lost

    @property
    def waiting(self) -> int:
        """The number of those who wait for a lease."""
        return len(self._waiting) + len(self._exempt_waiting)

    @property
    def closed(self) -> bool:
        """Whether the pool gives no more leases."""
        return self._closed

    async def acquire(self, *, exempt: bool = False) -> Lease | None:
        """Wait for a lease with one share; None once the pool is closed, then start nothing more.

        An `exempt` one is for what was decided in an earlier run: it takes a place, but neither quota nor closing
        holds it back, and it counts into no quota.
        """
        if self._closed and not exempt:
            return None
        if not self._queue(exempt) and self._has_room(exempt=exempt):
            return self._lease(exempt=exempt)
        future: asyncio.Future[Lease | None] = asyncio.get_running_loop().create_future()
        self._queue(exempt).append(future)
        try:
            return await future
        except BaseException:
            self._abandon(future, self._queue(exempt))
            raise

    def close(self) -> None:
        """Give no more leases and wake all who wait; live leases go on. Closing again does nothing."""
        self._closed = True
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(None)

    def grant(self) -> None:
        """Give leases to those who wait, as far as there is room now."""
        for exempt in (True, False):
            queue = self._queue(exempt)
            while queue and self._has_room(exempt=exempt):
                future = queue.popleft()
                if not future.done():
                    future.set_result(self._lease(exempt=exempt))

    def _queue(self, exempt: bool) -> deque[asyncio.Future[Lease | None]]:
        return self._exempt_waiting if exempt else self._waiting

    def _has_room(self, *, exempt: bool) -> bool:
        if self._live >= self.size:
            return False
        within_quota = self.quota is None or self._kept + self._undecided < self.quota
        return exempt or (within_quota and self._wanted())

    def _lease(self, *, exempt: bool) -> Lease:
        self._live += 1
        self._undecided += not exempt
        return Lease(self, exempt=exempt)

    def _abandon(self, future: asyncio.Future[Lease | None], queue: deque[asyncio.Future[Lease | None]]) -> None:
        """Forget a cancelled waiter; what it was granted meanwhile goes to the next."""
        if future in queue:
            queue.remove(future)
        elif future.done() and not future.cancelled() and (lease := future.result()):
            lease.drop()

    def _keep(self) -> None:
        self._undecided -= 1
        self._kept += 1
        if self._kept == self.quota:
            self.close()
        self._changed()

    def _end(self, *, undecided: bool) -> None:
        self._live -= 1
        self._undecided -= undecided
        self._lost += undecided
        self.grant()
        self._changed()


class Lease:
    """One credit, held by one or more shares; made by `CreditPool.acquire`."""

    def __init__(self, pool: CreditPool, *, exempt: bool = False) -> None:
        self._pool = pool
        self._exempt = exempt
        self._shares = 1
        self._kept = False

    @property
    def shares(self) -> int:
        """The number of shares; 0 once the lease has ended."""
        return self._shares

    @property
    def kept(self) -> bool:
        """Whether the lease was marked as having produced a released result."""
        return self._kept

    def share(self) -> Lease:
        """Add a share for another holder and return this same lease.

        :raises RuntimeError: if the lease has ended.
        """
        self._check_live()
        self._shares += 1
        return self

    def drop(self) -> None:
        """Give one share back; the last one returns the credit to its pool.

        :raises RuntimeError: if the lease has ended: some holder dropped its share twice.
        """
        self._check_live()
        self._shares -= 1
        if not self._shares:
            self._pool._end(undecided=not (self._kept or self._exempt))

    def keep(self) -> None:
        """Mark the lease as having produced a released result; doing so again does nothing.

        :raises RuntimeError: if the lease has ended.
        """
        self._check_live()
        if not self._kept and not self._exempt:
            self._pool._keep()
        self._kept = True

    def _check_live(self) -> None:
        if not self._shares:
            raise RuntimeError(f"a lease of credit pool {self._pool.name!r} was used after its last share was dropped")
