"""Fan-in: groups are whole, in id order, hold their credit, and end when the last source of outcomes has."""

from __future__ import annotations

import asyncio
import random

import pytest

from queues import CreditPool, open_channel
from synthtools_stream.engine.pool import Settled, Work
from synthtools_stream.engine.routes import (
    Expecting,
    Gathering,
    Joining,
    Sifting,
)
from synthtools_stream.storage.journal.outcomes import OutcomeKind
from tests.engine.enginekit import (
    Collected,
    Group,
    Note,
    done,
    drain,
    group_of,
    parts,
    turns,
)


def gathering(capacity: int = 1) -> tuple[Gathering[Note, Note, Group], asyncio.Task[list[Work[Group]]]]:
    """Return a gather of three members a head, held once by the test, and the task that drains it."""
    inlet, outlet = open_channel("groups", capacity)
    made: Gathering[Note, Note, Group] = Gathering(
        inlet,
        lambda head: [part.id for part in parts(head)],
        group_of,
        lambda head: head.id,
        lambda member: member.rpartition(".")[0],
    )
    made.hold()
    return made, asyncio.create_task(drain(outlet))


@pytest.mark.parametrize("seed", range(5))
async def test_gather_order_is_ids(seed: int) -> None:
    """A group is put once, when all are there, with its members in id order, whatever their order and fate."""
    made, draining = gathering()
    head = Note(id="env")
    kinds = [OutcomeKind.DONE, OutcomeKind.REJECTED, OutcomeKind.FAILED]
    acts = [made.add(Settled(part.id, kind)) for part, kind in zip(parts(head), kinds, strict=True)]
    acts.append(made.expect(head, None))
    random.Random(seed).shuffle(acts)
    for act in acts[:-1]:
        await act
        assert made.pending == 1
    await acts[-1]
    assert made.pending == 0
    made.release()
    groups = [work.item.members for work in await draining]
    assert groups == [["env.0:done", "env.1:rejected", "env.2:failed"]]


async def test_group_holds_head_lease() -> None:
    """A group keeps its head's credit taken from the moment it is expected."""
    live = CreditPool("live", 1)
    lease = await live.acquire()
    assert lease is not None
    made, draining = gathering()
    await made.expect(Note(id="env"), lease)
    lease.drop()
    assert live.live == 1
    for part in parts(Note(id="env")):
        await made.add(done(part.id))
    made.release()
    (work,) = await draining
    assert work.lease is lease
    lease.drop()
    assert live.live == 0


async def test_sifting_and_joining_close() -> None:
    """The groups' channel ends when every source of outcomes has closed, in any order, and not before."""
    made, draining = gathering()
    onward: Collected[Note] = Collected()
    joining: Joining[Note, Note, Group] = Joining(made)
    sifting = Sifting(made, onward)
    expecting = Expecting(made, Collected[Note]())
    made.release()
    await expecting.deliver(done("env", "env"), None)
    await sifting.deliver(done("env.0", "env.0"), None)
    await sifting.deliver(Settled("env.1", OutcomeKind.REJECTED), None)
    await sifting.deliver(Settled("env.2", OutcomeKind.FAILED), None)
    assert [settled.item_id for settled in onward.settled] == ["env.0"]
    expecting.close()
    sifting.close()
    await turns()
    assert not draining.done()
    await joining.deliver(done("env.0", "x"), None)
    joining.close()
    assert [work.item.members for work in await draining] == [["env.0:done", "env.1:rejected", "env.2:failed"]]
    assert onward.closed == 1
