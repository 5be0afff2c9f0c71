"""Phases: work that may take long while nothing else can be said, and how far it has come.

Whoever begins such work opens a phase and counts what it has done, in any thread. Of a phase that is over within a
second nobody hears. Of one that goes on, `Phases.look`, called once a second by whoever owns a clock, tells how far it
has come, and its end is told, too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["LOOK_EVERY_S", "SILENT_S", "UNTOLD", "Phase", "Phases"]

SILENT_S = 1.0
"""Seconds for which nothing is said of a phase: what is over by then, nobody wondered about."""
LOOK_EVERY_S = 1.0
"""Seconds between two looks: a line that stands for longer seems to have stopped."""

T = TypeVar("T")


@dataclass
class Phase:
    """One stretch of work; the counts are written by who does it, and read by who tells of it."""

    what: str
    """In words, such as `reading the journal`."""
    things: str = "records"
    """What `count` counts."""
    of: int | None = None
    """How many things there are, where that is known."""
    of_bytes: int | None = None
    """Of how many bytes, where that is known."""
    count: int = 0
    done_bytes: int = 0
    began_s: float = 0.0
    told: bool = False
    """Whether anything was said of it yet."""

    def step(self, size: int = 0, count: int = 1) -> None:
        """Note that a thing more is done, of `size` bytes."""
        self.count += count
        self.done_bytes += size

    def counting(self, things: Iterable[T]) -> Iterator[T]:
        """Yield `things`, and count each as done once the next is asked for."""
        for thing in things:
            yield thing
            self.count += 1

    def told_at(self, now_s: float, *, ended: bool) -> JsonObject:
        """Return how far it has come, as an event of `progress.jsonl`."""
        share = _share(self.done_bytes, self.of_bytes) if self.of_bytes else _share(self.count, self.of)
        return {
            "event": "phase",
            "what": self.what,
            "for_s": round(now_s - self.began_s, 1),
            "things": self.things,
            "count": self.count,
            "of": self.of,
            "bytes": self.done_bytes or None,
            "of_bytes": self.of_bytes,
            "share": share,
            "ended": ended,
        }


class Phases:
    """The phases that are open, and who is told of them."""

    def __init__(self, tell: Callable[[JsonObject], None], clock: Callable[[], float] = time.monotonic) -> None:
        """`tell` is given events, one at a time, in the thread that looks or that ends a phase."""
        self._tell = tell
        self._clock = clock
        self._open: list[Phase] = []
        self._lock = threading.Lock()

    @contextmanager
    def phase(
        self, what: str, things: str = "records", *, of: int | None = None, of_bytes: int | None = None
    ) -> Generator[Phase]:
        """Open a phase for as long as the block runs."""
        phase = Phase(what, things, of, of_bytes, began_s=self._clock())
        with self._lock:
            self._open.append(phase)
        try:
            yield phase
        finally:
            with self._lock:
                self._open.remove(phase)
                if phase.told:
                    self._tell(phase.told_at(self._clock(), ended=True))

    def look(self) -> None:
        """Tell of every phase that has been open for a while."""
        with self._lock:
            now = self._clock()
            for phase in self._open:
                if now - phase.began_s >= SILENT_S:
                    phase.told = True
                    self._tell(phase.told_at(now, ended=False))


def _share(done: int, of: int | None) -> float | None:
    return round(min(1.0, done / of), 3) if of else None


UNTOLD = Phases(lambda _event: None)
"""For who has nobody to tell."""
