"""The tape: one answer per situation, asked once."""

from __future__ import annotations

import asyncio
import gc

import pytest

from synthtools_stream.errors import UnusableReply
from synthtools_stream.records import Change
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.tape import Tape, TapeShelf, tape_key
from synthtools_stream.state import apply
from synthtools_stream.toolcalls import canonical, parse_call
from tests.proof.freight import MOVE, SEARCH, TOOLS, draft, world

ANSWER = Answer(200, {"ok": True})


async def test_equal_asks_in_flight_are_one() -> None:
    """Ten who ask at once cost one question and get one answer."""
    tape, gate, asked = Tape("t"), asyncio.Event(), 0

    async def ask() -> Answer:
        nonlocal asked
        asked += 1
        await gate.wait()
        return ANSWER

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(tape.answer("k", ask)) for _ in range(10)]
        await asyncio.sleep(0)
        gate.set()
    assert asked == 1
    assert {id(task.result()) for task in tasks} == {id(ANSWER)}


@pytest.mark.parametrize("cancelled", [True, False])
async def test_waiter_takes_over(cancelled: bool) -> None:
    """When who asks fails or is cancelled, the next who waits asks; the failure stays with the first."""
    tape, started = Tape("t"), asyncio.Event()

    async def fail() -> Answer:
        started.set()
        if cancelled:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        raise UnusableReply("nonsense")

    async def succeed() -> Answer:
        return ANSWER

    async with asyncio.TaskGroup() as group:
        first = asyncio.ensure_future(tape.answer("k", fail))
        await started.wait()
        second = group.create_task(tape.answer("k", succeed))
        await asyncio.sleep(0)
        if cancelled:
            first.cancel()
        with pytest.raises(asyncio.CancelledError if cancelled else UnusableReply):
            await first
    assert second.result() is ANSWER
    assert len(tape) == 1


def test_key_sees_only_what_the_tool_touches() -> None:
    """Changes elsewhere leave the key alone; changes of read or written collections do not."""
    call = canonical(parse_call("SearchVessels(arrive_by='2026-03-16')"), SEARCH)
    key = tape_key(call, SEARCH, world())
    moved = apply(world(), [Change(op="delete", collection="bookings", id="BK-2057")], mint=None).state
    fewer = apply(world(), [Change(op="delete", collection="vessels", id="VS-77")], mint=None).state
    assert tape_key(call, SEARCH, moved) == key
    assert tape_key(call, SEARCH, fewer) != key
    assert tape_key(call, SEARCH.model_copy(update={"effects": None}), moved) != key
    assert tape_key(call, MOVE, world()) != key


def test_primed_tape_knows_every_step() -> None:
    """A task's steps are on its tape under the states in which they were made, new ids as placeholders."""
    task, tape = draft(), Tape("t")
    tape.prime(task)
    assert len(tape) == 3
    state = world()
    for step in task.steps:
        call = parse_call(step.call)
        assert tape_key(canonical(call, TOOLS[call.name]), TOOLS[call.name], state) in tape
        state = apply(state, step.changes, mint=None).state


def test_shelf_holds_tapes_while_held() -> None:
    """Holders of one task share one tape; nobody's tape is kept."""
    shelf, task = TapeShelf(), draft()
    with shelf.borrow(task) as a, shelf.borrow(task) as b:
        assert a is b
        assert len(shelf) == 1
    del a, b
    gc.collect()
    assert len(shelf) == 0
