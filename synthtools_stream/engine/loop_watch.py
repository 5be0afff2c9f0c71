"""A thread that sees when the event loop is blocked, while nobody on the loop can.

The loop beats twice a second; the thread looks once a second how long ago that was. Some calls that block hold back
other threads, too: those are told by the first beat after them.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import PurePath

from synthtools_stream.engine.task_group import alongside
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["BLOCKED_S", "LoopWatch", "place_of", "watched_loop"]

BLOCKED_S = 5.0
"""Seconds without a beat that are told: fifty times the longest step that the benches allow."""
_BEAT_EVERY_S = 0.5
"""Seconds between two beats: a tenth of what is told of, and next to no work for the loop."""
_LOOK_EVERY_S = 1.0
"""Seconds between two looks of the thread: a line comes that much too late at most."""
_OURS = ("synthtools_stream", "stages", "queues")


class LoopWatch:
    """Tells when the loop stops beating, and when it goes on."""

    def __init__(
        self,
        tell: Callable[[JsonObject], None],
        clock: Callable[[], float] = time.monotonic,
        place: Callable[[], str] = lambda: "",
    ) -> None:
        """`tell` is given events, in the thread or on the loop; `place` says where the loop is."""
        self._tell = tell
        self._clock = clock
        self._place = place
        self._beaten = clock()
        self._told = False

    def beat(self) -> None:
        """Note, on the loop, that it runs; what it could not do before is told."""
        now = self._clock()
        away_s, self._beaten = now - self._beaten, now
        if self._told or away_s >= BLOCKED_S:
            self._told = False
            self._tell(_event(away_s, "runs again", ended=True))

    def look(self) -> None:
        """Look, in the thread, for how long the loop has not run."""
        away_s = self._clock() - self._beaten
        if away_s >= BLOCKED_S and not self._told:
            self._told = True
            self._tell(_event(away_s, self._place(), ended=False))


@asynccontextmanager
async def watched_loop(tell: Callable[[JsonObject], None]) -> AsyncGenerator[None]:
    """Watch the running loop for as long as the block runs."""
    thread_id = threading.get_ident()
    watch = LoopWatch(tell, place=lambda: place_of(thread_id))
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_EVERY_S):
            watch.look()

    async def beat() -> None:
        while True:
            watch.beat()
            await asyncio.sleep(_BEAT_EVERY_S)

    thread = threading.Thread(target=look, name="loop-watch", daemon=True)
    thread.start()
    try:
        async with alongside([beat()]):
            yield
    finally:
        over.set()
        thread.join()


def place_of(thread_id: int) -> str:
    """Return which line of ours a thread is at, as `stages/rollout/attempt.py:120 in process`; empty where none."""
    frame = sys._current_frames().get(thread_id)
    while frame is not None:
        parts = PurePath(frame.f_code.co_filename).parts
        ours = [at for at, part in enumerate(parts) if part in _OURS]
        if ours:
            return f"{'/'.join(parts[ours[-1] :])}:{frame.f_lineno} in {frame.f_code.co_name}"
        frame = frame.f_back
    return ""


def _event(for_s: float, told: str, *, ended: bool) -> JsonObject:
    return {"event": "blocked", "what": "the event loop", "for_s": round(for_s, 1), "told": told, "ended": ended}
