"""Fan-in: the outcomes of all members of a group come together and go on as one item.

Members travel through several pools, and any of them may end one: a tool is rejected while it is written, or passes
its audit. So a fan-in stands at several places of a pipeline at once, and gives each of them a route:

* `opening` where heads come out: it opens a group for each, and sends the head on to where its members are made;
* `sifting` where a member may end early: outputs travel on, what ended without any joins its group as it is;
* `joining` where members end: every outcome joins its group.

A failed or rejected member is still a member: only so can a group be known to be complete. Members stand in a group in
the order of their ids, so that the order of arrival decides nothing, and a head may come before or after them. A group
is forgotten once it is complete, so memory is bounded by the open groups. The groups' channel ends when every route is
closed, in whatever order.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from queues import Inlet, Lease
from synthtools_stream.engine.worker_pool import Route, Settled, Work

__all__ = ["FanIn"]

Out = TypeVar("Out")
Head = TypeVar("Head")
Member = TypeVar("Member")
Group = TypeVar("Group")


class _Gathered(Generic[Head, Member]):
    """What is there of one group: its head, once that has come, and those of its members that have ended."""

    def __init__(self) -> None:
        self.work: Work[Head] | None = None
        self.expected: Sequence[str] = ()
        self.arrived: dict[str, Settled[Member]] = {}

    def members(self) -> list[Settled[Member]] | None:
        """Return the members in the order of their ids; None while any is missing."""
        if self.work is None or len(self.arrived) < len(self.expected):
            return None
        return [self.arrived[name] for name in self.expected]


class FanIn(Generic[Head, Member, Group]):
    """Collects the members' outcomes of each head and puts one group on `inlet` when all are there.

    A group holds one share of its head's lease from the moment it is opened.

    :raises ValueError: on delivery, if a head or a member comes twice, or a member that is none of its head's: a bug of
        the wiring.
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
        self._groups: dict[str, _Gathered[Head, Member]] = {}
        self._open_routes = 0

    @property
    def pending(self) -> int:
        """Groups that still miss members, or their head."""
        return len(self._groups)

    def opening(self, route: Route[Head]) -> Route[Head]:
        """Return a route that opens a group for each head, then goes on to `route`, which makes its members."""

        async def deliver(settled: Settled[Head], lease: Lease | None) -> None:
            for head in settled.outputs:
                await self._open(head, lease)
            await route.deliver(settled, lease)

        return self._route(deliver, route)

    def sifting(self, route: Route[Out]) -> Route[Out]:
        """Return a route that lets outputs travel on along `route`; what ended without any joins its group as it is."""

        async def deliver(settled: Settled[Out], lease: Lease | None) -> None:
            if settled.outputs:
                await route.deliver(settled, lease)
            else:
                await self._join(Settled(settled.item_id, settled.kind))

        return self._route(deliver, route)

    def joining(self) -> Route[Member]:
        """Return a route that adds every outcome, of any kind, to its group."""

        async def deliver(settled: Settled[Member], _lease: Lease | None) -> None:
            await self._join(settled)

        return self._route(deliver)

    def _route(
        self, deliver: Callable[[Settled[Out], Lease | None], Awaitable[None]], onward: Route[Out] | None = None
    ) -> Route[Out]:
        self._open_routes += 1
        return _Branch(deliver, onward, self._closed)

    def _closed(self) -> None:
        self._open_routes -= 1
        if not self._open_routes:
            self._inlet.close()

    async def _open(self, head: Head, lease: Lease | None) -> None:
        key, expected = self._key_of_head(head), self._members_of(head)
        group = self._groups.setdefault(key, _Gathered())
        if group.work is not None or len(set(expected)) < len(expected):
            raise ValueError(f"group {key!r} is opened twice, or expects a member twice")
        if strangers := group.arrived.keys() - set(expected):
            raise ValueError(f"group {key!r} does not expect {', '.join(sorted(strangers))}")
        group.work, group.expected = Work(head, lease.share() if lease else None), expected
        await self._emit(key, group)

    async def _join(self, settled: Settled[Member]) -> None:
        key, name = self._key_of_member(settled.item_id), settled.item_id
        group = self._groups.setdefault(key, _Gathered())
        if name in group.arrived or (group.work is not None and name not in group.expected):
            raise ValueError(f"group {key!r} has {name} already, or does not expect it")
        group.arrived[name] = settled
        await self._emit(key, group)

    async def _emit(self, key: str, group: _Gathered[Head, Member]) -> None:
        members = group.members()
        if group.work is not None and members is not None:
            del self._groups[key]
            await self._inlet.put(Work(self._build(group.work.item, members), group.work.lease))


class _Branch(Generic[Out]):
    """A fan-in's route at one place of the pipeline."""

    def __init__(
        self,
        deliver: Callable[[Settled[Out], Lease | None], Awaitable[None]],
        onward: Route[Out] | None,
        closed: Callable[[], None],
    ) -> None:
        self._deliver = deliver
        self._onward = onward
        self._closed = closed

    async def deliver(self, settled: Settled[Out], lease: Lease | None) -> None:
        await self._deliver(settled, lease)

    def close(self) -> None:
        if self._onward is not None:
            self._onward.close()
        self._closed()
