"""Routes: where a pool's outcomes go, and where the first items come from.

A route turns each output into the next pool's items and puts them on its inlet, which waits while that is full: so a
slow pool holds back the one before it, and at last the source. What is alive at all is bounded by credits (leases),
which a route takes anew for each item (`Admission`) or shares with the item's origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from queues import CreditPool, Inlet, Lease
from synthtools_stream.engine.worker_pool import Route, Settled, Work
from synthtools_stream.storage.journal.outcome import OutcomeKind

__all__ = ["Admission", "End", "Forward", "Keeping", "Source"]

Out = TypeVar("Out")
Next = TypeVar("Next")


class Admission(Generic[Next]):
    """Takes a credit for each new item; items that are settled already are exempt from quota and budget."""

    def __init__(self, pool: CreditPool, settled: Callable[[Next], bool]) -> None:
        """`settled` tells whether the journal knows the outcome that the pool's quota counts."""
        self._pool = pool
        self._settled = settled

    async def admit(self, item: Next) -> Lease | None:
        """Wait for a credit; None when nothing new may start."""
        return await self._pool.acquire(exempt=self._settled(item))


class Forward(Generic[Out, Next]):
    """Puts what each output expands into on the next pool's inlet."""

    def __init__(
        self,
        inlet: Inlet[Work[Next]],
        expand: Callable[[Out], Iterable[Next]],
        admission: Admission[Next] | None = None,
    ) -> None:
        """With `admission` every item starts a lease of its own; without, it shares the lease of its origin."""
        self._inlet = inlet
        self._expand = expand
        self._admission = admission

    async def deliver(self, settled: Settled[Out], lease: Lease | None) -> None:
        """Put every next item, waiting for credit and room."""
        for output in settled.outputs:
            for item in self._expand(output):
                await self._put(item, lease)

    def close(self) -> None:
        """Close the inlet."""
        self._inlet.close()

    async def _put(self, item: Next, lease: Lease | None) -> None:
        if self._admission is None:
            await self._inlet.put(Work(item, lease.share() if lease else None))
        elif granted := await self._admission.admit(item):
            await self._inlet.put(Work(item, granted))


class End(Generic[Out]):
    """Where the last pool's outcomes go: nowhere, since the journal has them."""

    async def deliver(self, settled: Settled[Out], lease: Lease | None) -> None:
        """Do nothing: the journal has it."""

    def close(self) -> None:
        """Do nothing."""


class Keeping(Generic[Out]):
    """Marks the lease of every outcome that has outputs as kept, for quotas, then goes on to `route`."""

    def __init__(self, route: Route[Out]) -> None:
        """`route` is where the outcome goes on."""
        self._route = route

    async def deliver(self, settled: Settled[Out], lease: Lease | None) -> None:
        """Keep the lease if anything came of the item, and hand the outcome on."""
        if settled.outputs and lease is not None:
            lease.keep()
        await self._route.deliver(settled, lease)

    def close(self) -> None:
        """Close the route behind."""
        self._route.close()


class Source(Generic[Next]):
    """Feeds the first route, item by item, as if a pool had just made them."""

    def __init__(
        self, items: Iterable[Next], id_of: Callable[[Next], str], route: Route[Next], admission: Admission[Next] | None
    ) -> None:
        """`items` are read lazily, as fast as there is credit and room."""
        self._items = items
        self._id_of = id_of
        self._route = route
        self._admission = admission

    async def run(self) -> None:
        """Deliver every item, then close the route; stop early when nothing new may start."""
        try:
            for item in self._items:
                lease = None
                if self._admission is not None:
                    lease = await self._admission.admit(item)
                    if lease is None:
                        continue  # later items may have been settled by an earlier run
                await self._route.deliver(Settled(self._id_of(item), OutcomeKind.DONE, (item,)), lease)
                if lease is not None:
                    lease.drop()
        finally:
            self._route.close()
