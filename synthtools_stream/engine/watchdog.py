"""The watchdog: names what has work in hand and makes no progress, and ends a run in which nothing moves at all.

It looks at counters and never inside anything: a part that has something in hand, and whose counter stands, stands. Of
parts that stand, those are named that the others wait for: an endpoint that answers nothing before the stages that ask
it. A line comes after half a minute, then each time that has doubled, and once more when the part moves again.

Slow is not dead: a run is ended only after a time in which every request would have been answered or given up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from synthtools_stream.errors import RunStopped
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["LOOK_EVERY_S", "STANDS_S", "Part", "Watchdog"]

LOOK_EVERY_S = 5.0
"""Seconds between two looks: a sixth of what is told of, and counters cost nothing to look at."""
STANDS_S = 30.0
"""Seconds without progress after which a part is named: longer than most replies take, and than anybody waits."""
NOTHING = "the run"
"""What stands where nothing has anything in hand."""


class Part(NamedTuple):
    """Something that moves, as it stands now."""

    name: str
    in_hand: int
    """Pieces of work that it has begun, or holds, and that others wait for."""
    moved: int
    """Grows with every bit of progress."""
    told: str
    """What it has in hand, in words."""
    is_last: bool = False
    """Whether it waits for other parts, so that it is named only where none of them stands."""
    held_back: bool = False
    """Whether it waits for its turn at another part now."""


@dataclass
class _Stand:
    moved: int
    since: float
    next_s: float = STANDS_S
    is_told: bool = False


class Watchdog:
    """Watches the parts of a run."""

    def __init__(
        self,
        parts: Callable[[], Sequence[Part]],
        tell: Callable[[JsonObject], None],
        *,
        limit_s: float | None,
        waiting: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`tell` is given events; a run in which nothing moved for `limit_s` seconds is ended, with None never.

        While the run is `waiting` for a server, which is told elsewhere and ended elsewhere, nothing is said.
        """
        self._parts = parts
        self._tell = tell
        self._limit_s = limit_s
        self._waiting = waiting
        self._clock = clock
        self._sleep = sleep
        self._stands: dict[str, _Stand] = {}
        self._whole = _Stand(-1, clock())

    async def run(self) -> None:
        """Watch until cancelled.

        :raises RunStopped: when nothing has moved for so long that nothing will.
        """
        while True:
            self.look()
            await self._sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Look once.

        :raises RunStopped: when nothing has moved for so long that nothing will.
        """
        now, parts = self._clock(), self._parts()
        excused = self._waiting()
        standing = [part for part in parts if not self._moves(part, now, excused)]
        causes = [part for part in standing if not part.is_last] or standing
        for part in causes:
            self._say(part.name, self._stands[part.name], now, part.told)
        moved = sum(part.moved for part in parts)
        if moved != self._whole.moved or excused:
            self._again(NOTHING, self._whole, moved, now)
        elif not standing and now - self._whole.since >= STANDS_S:
            self._say(NOTHING, self._whole, now, "nothing is in hand, and nothing comes")
        self._end_if_dead(now, causes)

    def _moves(self, part: Part, now: float, excused: bool) -> bool:
        """Tell whether a part has moved within the time that anything may take."""
        stand = self._stands.setdefault(part.name, _Stand(part.moved, now))
        if excused or part.held_back or not part.in_hand or part.moved != stand.moved:
            self._again(part.name, stand, part.moved, now)
        return now - stand.since < STANDS_S

    def _again(self, name: str, stand: _Stand, moved: int, now: float) -> None:
        """Note that something moves, and say so where it was said to stand."""
        if stand.is_told:
            self._tell(_event(name, now - stand.since, "moves again", ended=True))
        stand.moved, stand.since, stand.next_s, stand.is_told = moved, now, STANDS_S, False

    def _say(self, name: str, stand: _Stand, now: float, told: str) -> None:
        stood_s = now - stand.since
        if stood_s >= stand.next_s:
            stand.next_s = 2 * stood_s
            stand.is_told = True
            self._tell(_event(name, stood_s, told, ended=False))

    def _end_if_dead(self, now: float, causes: Sequence[Part]) -> None:
        stood_s = now - self._whole.since
        if self._limit_s is not None and stood_s >= self._limit_s:
            what = "; ".join(f"{part.name}: {part.told}" for part in causes) or "nothing is in hand"
            raise RunStopped(f"nothing has moved for {stood_s:.0f} s ({what}); the same command goes on from here")


def _event(name: str, for_s: float, told: str, *, ended: bool) -> JsonObject:
    return {"event": "stall", "what": name, "for_s": round(for_s, 1), "told": told, "ended": ended}
