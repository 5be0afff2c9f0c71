"""What happens in a run between two snapshots: told at once, and kept as lines of `progress.jsonl`.

An event is a line with the key `event`:

    {"at","event":"phase","what","for_s","things","count","of","bytes","of_bytes","share","ended"}
    {"at","event":"stall","what","for_s","ended"}
    {"at","event":"blocked","what","for_s","ended"}

`phase` is work during which nothing else can be said, `stall` what has work in hand and makes no progress, `blocked` an
event loop that runs nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from synthtools_stream.storage.appendlog.disk import disk_faults
from synthtools_stream.storage.rundir.progress_file import ProgressFile
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.phases import LOOK_EVERY_S, Phases

__all__ = ["KEEP_EVERY_S", "Pace", "RunEvents"]

KEEP_EVERY_S = 10.0
"""Seconds between two lines about one phase, on a plain screen and in the file: a log should stay readable."""
_MOST_KEPT = 1024
"""Events that wait to be written at most, where there is no file yet: far more than a start has."""


class Pace:
    """Lets every event through but those of a phase that was spoken of just now."""

    def __init__(self, every_s: float = KEEP_EVERY_S) -> None:
        """Let an event of a phase that goes on through every so many seconds."""
        self._every_s = every_s
        self._next_s: dict[str, float] = {}

    def lets(self, event: JsonObject) -> bool:
        """Tell whether an event is worth a line."""
        if event.get("event") != "phase":
            return True
        what, for_s = str(event.get("what")), event.get("for_s")
        at_s = float(for_s) if isinstance(for_s, (int, float)) else 0.0
        if event.get("ended") is True:
            self._next_s.pop(what, None)
            return True
        if at_s < self._next_s.get(what, 0.0):
            return False
        self._next_s[what] = at_s + self._every_s
        return True


class RunEvents:
    """Tells events as they come, and writes them where a run keeps its snapshots once there is such a place."""

    def __init__(
        self, show: Callable[[JsonObject], None], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`show` is given every event, in the thread that tells of it."""
        self._show = show
        self._now = now
        self._pace = Pace()
        self._unwritten: deque[JsonObject] = deque(maxlen=_MOST_KEPT)
        self._file: ProgressFile | None = None

    def tell(self, event: JsonObject) -> None:
        """Show an event, and keep it for the file; in any thread."""
        whole: JsonObject = {"at": self._now().isoformat(timespec="seconds"), **event}
        if self._pace.lets(whole):
            self._unwritten.append(whole)
        self._show(whole)

    def kept_in(self, path: Path) -> ProgressFile:
        """Write events to the file at `path` from now on, with those that came before; returns the file."""
        if self._file is None or self._file.path != path:
            self._file = ProgressFile(path)
        return self._file

    async def flush(self) -> None:
        """Write what was told since.

        :raises StorageError: when the disk refuses it.
        """
        while self._file is not None and self._unwritten:
            with disk_faults(self._file.path):
                await self._file.append(self._unwritten.popleft())

    async def run(self, phases: Phases, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """Look at the phases every second, and write, until cancelled.

        :raises StorageError: when the disk refuses it.
        """
        while True:
            await sleep(LOOK_EVERY_S)
            phases.look()
            await self.flush()
