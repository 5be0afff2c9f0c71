"""Pool: items fail as data, the engine fails as an exception, and nothing is settled twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from queues import CreditPool
from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.worker_pool import Settled, Work
from synthtools_stream.errors import BackendGone, Rejection, RunDirectoryError, TransportError, UnusableReply
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from tests.engine.enginekit import Collected, Note, NoteStage, bench, channel, filled


async def fates(item: Note, context: Context) -> Sequence[Note]:
    """Reject what is called so, fail what is called so, else make two notes."""
    if item.id.startswith("reject"):
        raise Rejection("unfit", "too odd", evidence={"probe": 3})
    if item.id.startswith("fail"):
        raise TransportError("the server hung up")
    return [Note(id=f"{item.id}.0"), Note(id=f"{item.id}.1")]


async def test_item_failing_is_data(tmp_path: Path) -> None:
    """Rejected and failed items become outcomes; the others go on."""
    async with bench(tmp_path) as made:
        route: Collected[Note] = Collected()
        pool = made.pool(NoteStage("s", fates), filled(["reject", "fail", "good"]), route)
        await pool.run()
        assert route.settled == [
            Settled("reject", OutcomeKind.REJECTED),
            Settled("fail", OutcomeKind.FAILED),
            Settled("good", OutcomeKind.DONE, (Note(id="good.0"), Note(id="good.1"))),
        ]
        assert pool.statistics.outcomes == dict.fromkeys(OutcomeKind, 1)
        assert pool.running() == 0


async def test_outcomes_carry_reason_and_evidence(tmp_path: Path) -> None:
    """The journal says why an item was rejected, with its evidence, and why one failed."""
    async with bench(tmp_path) as made:
        await made.pool(NoteStage("s", fates), filled(["reject", "fail", "good"]), Collected[Note]()).run()
        rejected = await made.journal.load("s", "reject")
        assert (rejected.reason, rejected.detail, rejected.extra) == ("unfit", "too odd", {"probe": 3})
        failed = await made.journal.load("s", "fail")
        assert (failed.kind, failed.reason, failed.detail) == (OutcomeKind.FAILED, "transport", "the server hung up")
        good = await made.journal.load("s", "good")
        assert good.outputs == [{"id": "good.0"}, {"id": "good.1"}]
        assert good.usage == {"prompt_tokens": 0, "completion_tokens": 0, "requests": 0}


async def test_unusable_reply_rejects(tmp_path: Path) -> None:
    """A reply unusable after its repairs rejects its item."""

    async def unusable(item: Note, context: Context) -> Sequence[Note]:
        raise UnusableReply("no JSON")

    async with bench(tmp_path) as made:
        await made.pool(NoteStage("s", unusable), filled(["a"]), Collected[Note]()).run()
        outcome = await made.journal.load("s", "a")
        assert (outcome.kind, outcome.reason) == (OutcomeKind.REJECTED, "unusable_reply")


@pytest.mark.parametrize("fault", [ValueError("a bug"), BackendGone("no server")])
async def test_engine_failure_ends_pool(tmp_path: Path, fault: Exception) -> None:
    """What no item can be blamed for ends the pool; nothing is recorded, and the route is closed."""

    async def broken(item: Note, context: Context) -> Sequence[Note]:
        raise fault

    async with bench(tmp_path) as made:
        route: Collected[Note] = Collected()
        with pytest.raises(BaseExceptionGroup) as caught:
            await made.pool(NoteStage("s", broken), filled(["a", "b"]), route, workers=2).run()
        assert caught.group_contains(type(fault))
        assert made.journal.seen("s", "a") is None
        assert (route.settled, route.closed) == ([], 1)


async def test_finished_items_replay(tmp_path: Path) -> None:
    """Items that the journal knows as done or rejected are handed on without the stage; failed ones run again."""
    names = ["reject", "fail", "good"]
    async with bench(tmp_path) as made:
        first: Collected[Note] = Collected()
        await made.pool(NoteStage("s", fates), filled(names), first).run()
    async with bench(tmp_path) as made:
        stage, again = NoteStage("s"), Collected[Note]()
        await made.pool(stage, filled(names), again).run()
        assert stage.seen == ["fail"]
        assert [again.settled[0], again.settled[2]] == [first.settled[0], first.settled[2]]
        assert again.settled[1] == Settled("fail", OutcomeKind.DONE, (Note(id="fail"),))
        assert made.journal.seen("s", "fail") is OutcomeKind.DONE


async def test_last_pool_reads_nothing_back(tmp_path: Path) -> None:
    """What the last pool of a line made is not read again; that it was made is handed on."""
    async with bench(tmp_path) as made:
        await made.pool(NoteStage("s"), filled(["a"]), Collected[Note]()).run()
    async with bench(tmp_path) as made:
        stage, route = NoteStage("s"), Collected[Note]()
        await made.pool(stage, filled(["a"]), route, last=True).run()
        assert stage.seen == []
        assert route.settled == [Settled("a", OutcomeKind.DONE)]


async def test_needed_no_more(tmp_path: Path) -> None:
    """What is not needed when its turn comes is left open, nothing written; what is finished is handed on."""
    async with bench(tmp_path) as made:
        await made.pool(NoteStage("s"), filled(["a"]), Collected[Note]()).run()
        before = made.journal.counts()
        stage, route = NoteStage("s"), Collected[Note]()
        await made.pool(stage, filled(["a", "b"]), route, needed=lambda: False).run()
        assert [settled.kind for settled in route.settled] == [OutcomeKind.DONE, OutcomeKind.FAILED]
        assert (stage.seen, made.journal.counts()) == ([], before)
        assert made.journal.seen("s", "b") is None


async def test_foreign_outputs_are_named(tmp_path: Path) -> None:
    """Outputs that cannot be read back, of another version perhaps, are told in one line and end the pool."""
    async with bench(tmp_path) as made:
        await made.journal.append(Outcome("s", "a", OutcomeKind.DONE, outputs=[{"id": 3}]))
        with pytest.raises(BaseExceptionGroup) as caught:
            await made.pool(NoteStage("s"), filled(["a"]), Collected[Note]()).run()
    [error] = caught.value.exceptions
    assert isinstance(error, RunDirectoryError)
    assert str(error).startswith(f"{tmp_path / 'journal.jsonl'}: s of 'a': id: ")
    assert "\n" not in str(error)


async def test_stages_are_told_apart(tmp_path: Path) -> None:
    """An item finished in one stage is new to another."""
    async with bench(tmp_path) as made:
        await made.pool(NoteStage("one"), filled(["a"]), Collected[Note]()).run()
        other = NoteStage("two")
        await made.pool(other, filled(["a"]), Collected[Note]()).run()
        assert other.seen == ["a"]


async def test_leases_dropped_once(tmp_path: Path) -> None:
    """Whatever became of an item, its share is given back exactly once."""
    pool_of_three = CreditPool("live", 3)
    leases = [await pool_of_three.acquire() for _ in range(3)]
    async with bench(tmp_path) as made:
        await made.pool(NoteStage("s", fates), filled(["reject", "fail", "good"], leases), Collected[Note]()).run()
    assert pool_of_three.live == 0
    assert [lease.shares for lease in leases if lease] == [0, 0, 0]


async def test_route_closed_after_last(tmp_path: Path) -> None:
    """The route is closed once, after every worker has delivered; then the inlet learns that nobody reads."""
    async with bench(tmp_path) as made:
        route: Collected[Note] = Collected()
        outlet = filled([f"n{number}" for number in range(7)])
        await made.pool(NoteStage("s"), outlet, route, workers=3).run()
        assert (len(route.settled), route.closed) == (7, 1)


async def test_workers_run_at_once(tmp_path: Path) -> None:
    """`workers` items are in work at the same time, and never more."""
    most = 0
    free = asyncio.Event()

    async with bench(tmp_path) as made:

        async def wait(item: Note, context: Context) -> Sequence[Note]:
            nonlocal most
            most = max(most, pool.running())
            if most == 2:
                free.set()
            await free.wait()
            return [item]

        pool = made.pool(NoteStage("s", wait), filled(["a", "b", "c", "d"]), Collected[Note](), workers=2)
        await pool.run()
    assert most == 2


async def test_context_names_group_and_session(tmp_path: Path) -> None:
    """A pool of `generation.tool` counts as `generation`, and its items ask in their environment's name."""
    told: list[tuple[str, str, str]] = []

    async def note(item: Note, context: Context) -> Sequence[Note]:
        told.append((context.stage, context.item, context.session))
        return []

    async with bench(tmp_path) as made:
        pool = made.pool(NoteStage("generation.tool", note), filled(["a"]), Collected[Note]())
        await pool.run()
        assert pool.group == "generation"
    assert told == [("generation", "a", "a")]


async def test_cancelled_pool_records_nothing(tmp_path: Path) -> None:
    """Cancelling a pool leaves its open items open and passes the cancellation on."""
    started = asyncio.Event()

    async def hang(item: Note, context: Context) -> Sequence[Note]:
        started.set()
        await asyncio.Event().wait()
        return []

    async with bench(tmp_path) as made:
        inlet, outlet = channel("in")
        await inlet.put(Work(Note(id="a")))
        route: Collected[Note] = Collected()
        running = asyncio.create_task(made.pool(NoteStage("s", hang), outlet, route).run())
        await started.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert made.journal.seen("s", "a") is None
        assert route.closed == 1
