"""Wiring: how outcomes flow from pool to pool, and how a whole pipeline runs and ends.

Everything is bounded. A channel holds at most its capacity, so a full one stops the workers before it and the stop
reaches the source. What is alive at all is bounded by two separate credit pools, environments and tasks: an
environment's credit is freed once its last sequence was put, a task's is taken before that put, so neither can starve
the other. There are no cycles of channels: loops live inside one worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from queues import CreditPool, Gathered, Inlet, KeyedGather, Lease
from synthtools_stream.engine.parallel import concurrently
from synthtools_stream.engine.pool import Route, Settled, Work
from synthtools_stream.storage.journal.outcomes import OutcomeKind

__all__ = [
    "Admission",
    "End",
    "Expecting",
    "Forward",
    "Gathering",
    "Joining",
    "Keeping",
    "Runner",
    "Sifting",
    "Source",
    "run_all",
]

Out = TypeVar("Out")
Next = TypeVar("Next")
Head = TypeVar("Head")
Member = TypeVar("Member")
Group = TypeVar("Group")


class Runner(Protocol):
    """Anything that runs until its work is done."""

    async def run(self) -> None:
        """Run to the end; raises what ends the whole pipeline."""
        ...


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
    """The end of the line."""

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
        """Keep and deliver."""
        if settled.outputs and lease is not None:
            lease.keep()
        await self._route.deliver(settled, lease)

    def close(self) -> None:
        """Close the route behind."""
        self._route.close()


class Gathering(Generic[Head, Member, Group]):
    """Fan-in: collects the members' outcomes of each head and puts one group when all are there.

    A group holds one share of its head's lease from the moment it is expected.
    """

    def __init__(
        self,
        inlet: Inlet[Work[Group]],
        members_of: Callable[[Head], Sequence[str]],
        build: Callable[[Head, Sequence[Settled[Member]]], Group],
        key_of_head: Callable[[Head], str],
        key_of_member: Callable[[str], str],
    ) -> None:
        """`members_of` lists a head's members in id order; `build` makes the group of their outcomes."""
        self._inlet = inlet
        self._members_of = members_of
        self._build = build
        self._key_of_head = key_of_head
        self._key_of_member = key_of_member
        self._gather: KeyedGather[Settled[Member]] = KeyedGather()
        self._heads: dict[str, tuple[Head, Lease | None]] = {}
        self._holders = 0

    @property
    def pending(self) -> int:
        """Groups that still miss members."""
        return self._gather.pending

    async def expect(self, head: Head, lease: Lease | None) -> None:
        """Open the group of `head`."""
        key = self._key_of_head(head)
        self._heads[key] = (head, lease.share() if lease else None)
        await self._emit(self._gather.expect(key, self._members_of(head)))

    async def add(self, settled: Settled[Member]) -> None:
        """Add one member's outcome, of any kind."""
        await self._emit(self._gather.add(self._key_of_member(settled.item_id), settled.item_id, settled))

    def hold(self) -> None:
        """Say that outcomes or heads will come from one more route."""
        self._holders += 1

    def release(self) -> None:
        """Say that nothing more comes from one of them; after the last, the groups' channel ends."""
        self._holders -= 1
        if not self._holders:
            self._inlet.close()

    async def _emit(self, gathered: Gathered[Settled[Member]] | None) -> None:
        if gathered is not None:
            head, lease = self._heads.pop(gathered.key)
            group = self._build(head, [member.outcome for member in gathered.members])
            await self._inlet.put(Work(group, lease))


class Expecting(Generic[Head, Member, Group]):
    """Opens a group for each output, then goes on to `route`, which makes its members."""

    def __init__(self, gathering: Gathering[Head, Member, Group], route: Route[Head]) -> None:
        """`route` forwards the members to their first pool."""
        gathering.hold()
        self._gathering = gathering
        self._route = route

    async def deliver(self, settled: Settled[Head], lease: Lease | None) -> None:
        """Expect, then deliver."""
        for head in settled.outputs:
            await self._gathering.expect(head, lease)
        await self._route.deliver(settled, lease)

    def close(self) -> None:
        """Close the route behind and let go of the gathering."""
        self._route.close()
        self._gathering.release()


class Joining(Generic[Head, Member, Group]):
    """Adds every outcome of a pool to its group."""

    def __init__(self, gathering: Gathering[Head, Member, Group]) -> None:
        """Hold the groups' channel open until closed."""
        gathering.hold()
        self._gathering = gathering

    async def deliver(self, settled: Settled[Member], lease: Lease | None) -> None:  # noqa: ARG002 (Route's shape)
        """Add the outcome."""
        await self._gathering.add(settled)

    def close(self) -> None:
        """Let go of the groups' channel."""
        self._gathering.release()


class Sifting(Generic[Out, Head, Member, Group]):
    """Lets outputs travel on along `route`; what ended without any joins its group as it is."""

    def __init__(self, gathering: Gathering[Head, Member, Group], route: Route[Out]) -> None:
        """Hold the groups' channel open until closed."""
        self._joining = Joining(gathering)
        self._route = route

    async def deliver(self, settled: Settled[Out], lease: Lease | None) -> None:
        """Deliver onwards, or join."""
        if settled.outputs:
            await self._route.deliver(settled, lease)
        else:
            await self._joining.deliver(Settled(settled.item_id, settled.kind), lease)

    def close(self) -> None:
        """Close the route behind and let go of the groups' channel."""
        self._route.close()
        self._joining.close()


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


async def run_all(runners: Iterable[Runner]) -> None:
    """Run everything at once and return when all have ended; the first failure cancels the rest and is raised."""
    await concurrently(_run(runner) for runner in runners)


async def _run(runner: Runner) -> None:
    await runner.run()
