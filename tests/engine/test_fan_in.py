"""Fan-in: groups are whole, in id order, hold their credit, and end when the last source of outcomes has."""

from __future__ import annotations

import asyncio
import random
from typing import NamedTuple

import pytest

from queues import CreditPool, open_channel
from synthtools_stream.engine.fan_in import FanIn
from synthtools_stream.engine.worker_pool import Route, Settled, Work
from synthtools_stream.storage.journal.outcome import OutcomeKind
from tests.engine.enginekit import Collected, Group, Note, done, drain, group_of, parts, turns


class Flow(NamedTuple):
    """A fan-in of three members a head, its three routes, what went past it, and the task that drains its groups."""

    fan_in: FanIn[Note, Note, Group]
    opening: Route[Note]
    sifting: Route[Note]
    joining: Route[Note]
    heads: Collected[Note]
    onward: Collected[Note]
    draining: asyncio.Task[list[Work[Group]]]

    def close(self) -> None:
        """Close every route."""
        for route in (self.opening, self.sifting, self.joining):
            route.close()


def open_flow() -> Flow:
    """Open a fan-in whose groups' channel holds one."""
    inlet, outlet = open_channel("groups", 1)
    heads: Collected[Note] = Collected()
    onward: Collected[Note] = Collected()
    made: FanIn[Note, Note, Group] = FanIn(
        inlet,
        lambda head: [part.id for part in parts(head)],
        group_of,
        lambda head: head.id,
        lambda member: member.rpartition(".")[0],
    )
    draining = asyncio.create_task(drain(outlet))
    return Flow(made, made.opening(heads), made.sifting(onward), made.joining(), heads, onward, draining)


@pytest.mark.parametrize("seed", range(5))
async def test_group_order_is_ids(seed: int) -> None:
    """A group is put once, when all are there, with its members in id order, whatever their order and fate."""
    flow = open_flow()
    kinds = [OutcomeKind.DONE, OutcomeKind.REJECTED, OutcomeKind.FAILED]
    members = parts(Note(id="env"))
    acts = [flow.joining.deliver(Settled(part.id, kind), None) for part, kind in zip(members, kinds, strict=True)]
    acts.append(flow.opening.deliver(done("env", "env"), None))
    random.Random(seed).shuffle(acts)
    for act in acts[:-1]:
        await act
        assert flow.fan_in.pending == 1
    await acts[-1]
    assert flow.fan_in.pending == 0
    flow.close()
    groups = [work.item.members for work in await flow.draining]
    assert groups == [["env.0:done", "env.1:rejected", "env.2:failed"]]


async def test_group_holds_head_lease() -> None:
    """A group keeps its head's credit taken from the moment it is opened."""
    live = CreditPool("live", 1)
    lease = await live.acquire()
    assert lease is not None
    flow = open_flow()
    await flow.opening.deliver(done("env", "env"), lease)
    lease.drop()
    assert live.live == 1
    for part in parts(Note(id="env")):
        await flow.joining.deliver(done(part.id), None)
    flow.close()
    (work,) = await flow.draining
    assert work.lease is lease
    lease.drop()
    assert live.live == 0


async def test_groups_end_with_the_last_route() -> None:
    """Outputs travel on, ends join; the groups' channel ends when every route has closed, and not before."""
    flow = open_flow()
    await flow.opening.deliver(done("env", "env"), None)
    await flow.sifting.deliver(done("env.0", "env.0"), None)
    await flow.sifting.deliver(Settled("env.1", OutcomeKind.REJECTED), None)
    await flow.sifting.deliver(Settled("env.2", OutcomeKind.FAILED), None)
    assert [settled.item_id for settled in flow.heads.settled] == ["env"]
    assert [settled.item_id for settled in flow.onward.settled] == ["env.0"]
    flow.opening.close()
    flow.sifting.close()
    await turns()
    assert not flow.draining.done()
    await flow.joining.deliver(done("env.0", "x"), None)
    flow.joining.close()
    assert [work.item.members for work in await flow.draining] == [["env.0:done", "env.1:rejected", "env.2:failed"]]
    assert (flow.heads.closed, flow.onward.closed) == (1, 1)


async def test_group_without_members_is_complete() -> None:
    """A head without members makes a group at once; groups of other heads stay open."""
    inlet, outlet = open_channel("groups", 1)
    made: FanIn[Note, Note, Group] = FanIn(
        inlet,
        lambda head: [] if head.id == "empty" else [f"{head.id}.0"],
        group_of,
        lambda head: head.id,
        lambda member: member.rpartition(".")[0],
    )
    opening = made.opening(Collected())
    await opening.deliver(done("x", "full", "empty"), None)
    work = await outlet.get()
    assert (work.item.id, work.item.members, made.pending) == ("empty", [], 1)


async def test_wrong_wiring_is_a_bug() -> None:
    """A head or a member that comes twice, and a member that is none of its head's, raise and change nothing."""
    flow = open_flow()
    await flow.joining.deliver(done("env.0"), None)
    with pytest.raises(ValueError, match=r"has env\.0 already"):
        await flow.joining.deliver(done("env.0"), None)
    await flow.opening.deliver(done("env", "env"), None)
    with pytest.raises(ValueError, match="opened twice"):
        await flow.opening.deliver(done("env", "env"), None)
    with pytest.raises(ValueError, match="does not expect it"):
        await flow.joining.deliver(done("env.9"), None)
    await flow.joining.deliver(done("other.9"), None)
    with pytest.raises(ValueError, match=r"does not expect other\.9"):
        await flow.opening.deliver(done("other", "other"), None)
    for name in ("env.1", "env.2"):
        await flow.joining.deliver(done(name), None)
    flow.close()
    assert [work.item.members for work in await flow.draining] == [["env.0:done", "env.1:done", "env.2:done"]]
