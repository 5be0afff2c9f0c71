"""Routes and sources, and how pools that they join begin, are held back, and end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from queues import CreditPool
from synthtools_stream.engine.fan_in import FanIn
from synthtools_stream.engine.routes import Admission, End, Forward, Keeping, Source
from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.engine.worker_pool import Settled, Work
from synthtools_stream.errors import Rejection, TransportError
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from tests.engine.enginekit import (
    Collected,
    Note,
    NoteStage,
    bench,
    channel,
    done,
    drain,
    group_of,
    one,
    parts,
    turns,
)


async def test_forward_shares_lease() -> None:
    """Each thing that an output expands into holds a share of its origin's lease; the origin keeps its own."""
    lease = await CreditPool("live", 1).acquire()
    assert lease is not None
    inlet, outlet = channel("next", 8)
    await Forward(inlet, parts).deliver(done("a", "a"), lease)
    inlet.close()
    assert [work.lease for work in await drain(outlet)] == [lease] * 3
    assert lease.shares == 4


async def test_forward_admits_anew() -> None:
    """With admission each item starts a lease of its own, and what is not admitted is not put."""
    live = CreditPool("live", 2)
    inlet, outlet = channel("next", 8)
    route = Forward(inlet, parts, Admission(live, lambda note: note.id.endswith("2")))
    live.close()
    await route.deliver(done("a", "a"), None)
    route.close()
    works = await drain(outlet)
    assert [work.item.id for work in works] == ["a.2"]
    assert live.live == 1


async def test_keeping_marks_only_outputs() -> None:
    """A lease is kept when its item came out, and not when it was rejected."""
    live = CreditPool("live", 2, quota=1)
    first, second = await live.acquire(), None
    route: Keeping[Note] = Keeping(End())
    assert first is not None
    await route.deliver(Settled("a", OutcomeKind.REJECTED), first)
    first.drop()
    assert not live.closed
    second = await live.acquire()
    assert second is not None
    await route.deliver(done("b", "b"), second)
    assert second.kept
    assert live.closed


async def test_source_reads_lazily() -> None:
    """A source reads no further than there is room, and ends when its items do."""
    read: list[int] = []

    def lazily() -> Iterator[Note]:
        for number in range(50):
            read.append(number)
            yield Note(id=str(number))

    inlet, outlet = channel("next")
    source = Source(lazily(), lambda note: note.id, Forward(inlet, one), None)
    running = asyncio.create_task(source.run())
    await turns()
    assert len(read) == 2
    assert [work.item.id for work in await drain(outlet)] == [str(number) for number in range(50)]
    await running


async def test_closed_pool_admits_settled() -> None:
    """When nothing new may start, items settled by an earlier run still pass, wherever they stand."""
    live = CreditPool("live", 1)
    live.close()
    route: Collected[Note] = Collected()
    notes = [Note(id=name) for name in ("new", "old", "newer", "older")]
    source = Source(notes, lambda note: note.id, route, Admission(live, lambda note: note.id.startswith("old")))
    await source.run()
    assert [settled.item_id for settled in route.settled] == ["old", "older"]
    assert (live.live, route.closed) == (0, 1)


async def sometimes(item: Note, context: Context) -> Sequence[Note]:
    """Pass, reject or fail by the item's last character, after letting others run."""
    await turns(sum(item.id.encode()) % 5)
    if item.id.endswith("1"):
        raise Rejection("unfit")
    if item.id.endswith("2"):
        raise TransportError("gone")
    return [item]


@pytest.mark.parametrize("workers", [1, 4])
async def test_size_one_everywhere(tmp_path: Path, workers: int) -> None:
    """With every queue and both credit pools of size 1 a whole fan-out and fan-in runs to its end."""
    environments, tasks = CreditPool("environments", 1), CreditPool("tasks", 1)
    async with bench(tmp_path) as made:
        heads, members, audits, sequences, ends = (channel(name) for name in "hmast")
        groups = channel("groups")
        fan_in: FanIn[Note, Note, Note] = FanIn(
            groups.inlet,
            lambda head: [part.id for part in parts(head)],
            group_of,
            lambda head: head.id,
            lambda member: member.rpartition(".")[0],
        )
        final: Collected[Note] = Collected()
        pools = [
            made.pool(NoteStage("end"), ends.outlet, final, workers),
            made.pool(NoteStage("evolve"), sequences.outlet, Keeping(Forward(ends.inlet, one)), workers),
            made.pool(
                NoteStage("sequence"),
                groups.outlet,
                Forward(sequences.inlet, parts, Admission(tasks, lambda _: False)),
                workers,
            ),
            made.pool(NoteStage("audit", sometimes), audits.outlet, fan_in.joining(), workers),
            made.pool(NoteStage("tool"), members.outlet, fan_in.sifting(Forward(audits.inlet, one)), workers),
            made.pool(NoteStage("head"), heads.outlet, fan_in.opening(Forward(members.inlet, parts)), workers),
        ]
        source = Source(
            [Note(id=f"env{number}") for number in range(6)],
            lambda note: note.id,
            Forward(heads.inlet, one),
            Admission(environments, lambda _: False),
        )
        async with asyncio.timeout(20):
            await all_results([source.run(), *(pool.run() for pool in pools)])
    assert sorted(settled.item_id for settled in final.settled) == sorted(
        f"env{number}.{part}" for number in range(6) for part in range(3)
    )
    assert (environments.live, tasks.live, tasks.kept) == (0, 0, 18)


async def test_environment_freed_after_last_sequence(tmp_path: Path) -> None:
    """An environment's credit is held while its sequences wait for task credits, and freed once the last was put."""
    environments, tasks = CreditPool("environments", 1), CreditPool("tasks", 1)
    async with bench(tmp_path) as made:
        pools, sequences = channel("pools"), channel("sequences", 8)
        route = Forward(sequences.inlet, parts, Admission(tasks, lambda _: False))
        running = asyncio.create_task(made.pool(NoteStage("sequencing"), pools.outlet, route).run())
        await pools.inlet.put(Work(Note(id="env"), await environments.acquire()))
        pools.inlet.close()
        for number in range(3):
            work = await sequences.outlet.get()
            assert (work.item.id, environments.live, tasks.live) == (f"env.{number}", 1 if number < 2 else 0, 1)
            assert work.lease is not None
            work.lease.drop()
        await running


@pytest.mark.parametrize(("size", "most_ahead", "full"), [(100, 11, (3, 3)), (5, 6, None)])
async def test_slow_stage_holds_back_the_source(
    tmp_path: Path, size: int, most_ahead: int, full: tuple[int, int] | None
) -> None:
    """Before a stage ten times as slow as the rest, queues fill to their bound or credits run out; nothing grows on."""
    tasks = CreditPool("tasks", size)
    source_read = slow_done = 0
    seen: list[tuple[int, tuple[int, int], int]] = []

    def items() -> Iterator[Note]:
        nonlocal source_read
        for number in range(40):
            source_read += 1
            yield Note(id=f"item{number}")

    async with bench(tmp_path) as made:
        first, second, third = (channel(name, 3) for name in ("first", "second", "third"))

        async def slow(item: Note, _: Context) -> Sequence[Note]:
            nonlocal slow_done
            for number in range(10):  # what any stage takes is one outcome made durable
                await made.journal.append(Outcome("pace", f"{item.id}.{number}", OutcomeKind.DONE))
            depths = (first.outlet.statistics().depth, second.outlet.statistics().depth)
            seen.append((source_read - slow_done, depths, tasks.live))
            slow_done += 1
            return [item]

        final: Collected[Note] = Collected()
        pools = [
            made.pool(NoteStage("quick"), first.outlet, Forward(second.inlet, one), 2),
            made.pool(NoteStage("slow", slow), second.outlet, Forward(third.inlet, one), 2),
            made.pool(NoteStage("end"), third.outlet, final, 2),
        ]
        source = Source(items(), lambda note: note.id, Forward(first.inlet, one), Admission(tasks, lambda _: False))
        async with asyncio.timeout(30):
            await all_results([source.run(), *(pool.run() for pool in pools)])
    assert len(final.settled) == 40
    ahead, depths, live = zip(*seen, strict=True)
    assert max(ahead) <= most_ahead  # in the queues, in the hands of two workers each, and one that waits for room
    assert max(live) <= size
    assert full is None or full in depths[:30]
