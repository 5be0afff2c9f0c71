"""A loop that is blocked is told of by a thread, with the place; one that runs is not."""

from __future__ import annotations

import asyncio
import threading

from synthtools_stream.engine.loop_watch import LoopWatch, place_of, watched_loop
from synthtools_stream.values.jsontypes import JsonObject


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_a_blocked_loop_is_told_once_and_its_return() -> None:
    """The place is told with it."""
    told, clock = list[JsonObject](), Clock()
    watch = LoopWatch(told.append, clock, lambda: "stages/x.py:3 in y")
    watch.beat()
    for _ in range(4):
        clock.now += 2
        watch.look()
    clock.now += 2
    watch.beat()
    assert [(event["for_s"], event["told"], event["ended"]) for event in told] == [
        (6.0, "stages/x.py:3 in y", False),
        (10.0, "runs again", True),
    ]


def test_a_block_that_held_the_thread_is_told_afterwards() -> None:
    """Some calls let no thread run: then the first beat after them tells."""
    told, clock = list[JsonObject](), Clock()
    watch = LoopWatch(told.append, clock)
    clock.now += 12
    watch.beat()
    assert [(event["for_s"], event["ended"]) for event in told] == [(12.0, True)]


def test_a_busy_loop_is_not_blocked() -> None:
    """A second late is nothing to tell of."""
    told, clock = list[JsonObject](), Clock()
    watch = LoopWatch(told.append, clock)
    for _ in range(20):
        clock.now += 1
        watch.look()
        watch.beat()
    assert told == []


async def test_the_thread_ends_with_the_block() -> None:
    """Nothing of it is left behind."""
    before = threading.active_count()
    async with watched_loop(lambda _event: None):
        await asyncio.sleep(0)
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def test_the_place_is_ours() -> None:
    """Of all that a thread is in, the innermost line of ours is told; of a thread that is not there, nothing."""
    found = list[str]()
    watch = LoopWatch(lambda _event: found.append(place_of(threading.get_ident())), Clock())
    watch._told = True
    watch.beat()
    assert found[0].startswith("synthtools_stream/engine/loop_watch.py:")
    assert found[0].endswith(" in place_of")
    assert place_of(-1) == ""
