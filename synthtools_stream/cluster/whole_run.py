"""A whole run: all its shards begun, seen to their end, shown as one, and stopped together.

A shard whose process or machine is lost is the fleet's affair, which begins it elsewhere. What is decided here: a shard
that the user must mend ends all of them, since none will do better; one whose engine is gone is begun anew in another
process, a few times; one that stopped leaves the others at work, and the same command goes on with it.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from synthtools_stream.cluster.shard_engine import starts_of
from synthtools_stream.cluster.shard_fleet import ShardFleet
from synthtools_stream.cluster.shard_plan import Ended, ShardPlan
from synthtools_stream.engine.shard_statuses import added_up, glance
from synthtools_stream.engine.task_group import alongside
from synthtools_stream.storage.rundir.shard_runs import directory_of
from synthtools_stream.values.jsontypes import JsonObject, object_at
from synthtools_stream.values.shards import Shard

__all__ = ["MOST_REBIRTHS", "WholeEnd", "run_whole"]

MOST_REBIRTHS = 3
"""Engines of one shard that may be lost before it is given up in this call: a bad GPU is found by the second."""
SILENT_S = 60.0
"""Seconds: a shard says how it goes every other second, and another process of it takes some ten to begin."""
LACK_EVERY = 15
"""Looks between two words on shards that have no room: half a minute."""


@dataclass
class WholeEnd:
    """How each shard ended."""

    shards: dict[Shard, Ended] = field(default_factory=dict[Shard, Ended])

    def of(self, *endings: str) -> list[tuple[Shard, Ended]]:
        """Return the shards that ended so."""
        return sorted(
            ((shard, ended) for shard, ended in self.shards.items() if ended.ending in endings),
            key=lambda one: one[0].number,
        )

    @property
    def failed(self) -> int:
        """Items that failed for reasons of infrastructure, in all shards."""
        return sum(ended.failed for ended in self.shards.values())

    @property
    def produced(self) -> int:
        """Items that the last stage did well, in all shards."""
        return sum(ended.produced for ended in self.shards.values())

    @property
    def out_of_time(self) -> bool:
        """Whether the deadline ended any."""
        return any(ended.out_of_time for ended in self.shards.values())


async def run_whole(
    plans: Sequence[ShardPlan],
    fleet: ShardFleet,
    *,
    show: Callable[[JsonObject], None],
    notice: Callable[[str], None],
    every_s: float,
    signals: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> WholeEnd:
    """Run all shards; a snapshot is shown every `every_s` seconds; a signal stops them, a second one at once."""
    whole = _Whole(plans, fleet, show, notice, clock)
    async with alongside([whole.look(every_s), *([whole.hear()] if signals else [])]):
        return await whole.run()


@dataclass
class _Heard:
    """When a shard last said how it goes."""

    at: str
    """As it dated it, by its own clock."""
    since_s: float
    """By ours."""
    told: bool = False
    """Whether the user knows that it has been silent since."""


class _Whole:
    def __init__(
        self,
        plans: Sequence[ShardPlan],
        fleet: ShardFleet,
        show: Callable[[JsonObject], None],
        notice: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._plans = {plan.shard: plan for plan in plans}
        self._fleet = fleet
        self._show = show
        self._notice = notice
        self._running: set[Shard] = set()
        self._rebirths: Counter[Shard] = Counter()
        self._begun: dict[Shard, int] = {}
        self._heard: dict[Shard, _Heard] = {}
        self._clock = clock
        self._stopping = False
        self._end = WholeEnd()

    async def run(self) -> WholeEnd:
        for plan in self._plans.values():
            self._fleet.begin(plan)
            self._running.add(plan.shard)
        while self._running:
            shard, ended = await self._fleet.next_end()
            self._take(shard, ended)
        self._show(await asyncio.to_thread(self._snapshot))
        return self._end

    def _take(self, shard: Shard, ended: Ended) -> None:
        if ended.ending == "gone" and not self._stopping and self._rebirths[shard] < MOST_REBIRTHS:
            self._rebirths[shard] += 1
            self._notice(f"shard {shard}: {ended.said}; it is begun anew in another process")
            self._fleet.begin(self._plans[shard])
            return
        self._running.discard(shard)
        self._end.shards[shard] = ended
        if ended.ending == "done":
            self._notice(f"shard {shard} is done; {len(self._running)} of {shard.count} go on")
        elif ended.ending in ("refused", "bug"):
            self._stop()  # quietly: why is the last line
        elif not self._stopping:
            self._notice(f"shard {shard}: {ended.said}")

    def _stop(self) -> None:
        self._fleet.stop(now=self._stopping)
        self._stopping = True

    async def hear(self) -> None:
        """Stop all shards at a signal."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)
        try:
            await asyncio.Event().wait()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _on_signal(self) -> None:
        self._notice(
            "stopping all shards at once" if self._stopping else "stopping all shards; a second signal stops now"
        )
        self._stop()

    async def look(self, every_s: float) -> None:
        """Show how things stand, and say what the user should know."""
        looks = 1
        while True:
            snapshot = await asyncio.to_thread(self._snapshot)
            if object_at(snapshot, "stages"):
                self._show(snapshot)
            for line in [*await asyncio.to_thread(self._restarts), *self._silent()]:
                self._notice(line)
            lacking = self._fleet.lacking() if looks % LACK_EVERY == 0 else ""
            if lacking and not self._stopping:
                self._notice(lacking)
            looks += 1
            await asyncio.sleep(every_s)

    def _snapshot(self) -> JsonObject:
        statuses = glance(self._directory, list(self._plans), self._running)
        for status in statuses:
            at = str(status.snapshot.get("at", ""))
            known = self._heard.get(status.shard)
            if known is None or known.at != at:
                self._heard[status.shard] = _Heard(at, self._clock())
        return added_up(statuses)

    def _silent(self) -> list[str]:
        """Return a line for each shard that was at work, and has said nothing for a while."""
        lines: list[str] = []
        for shard in self._running:
            heard = self._heard.get(shard, _Heard("", self._clock()))
            if heard.at and not heard.told and self._clock() - heard.since_s > SILENT_S:
                heard.told = True
                lines.append(
                    f"shard {shard} has said nothing for {SILENT_S:.0f} s: its node may be lost, and none have room"
                )
        return lines

    def _restarts(self) -> list[str]:
        """Return a line for each shard that was begun again since the last look."""
        lines: list[str] = []
        for shard, plan in self._plans.items():
            noted = starts_of(directory_of(self._directory, shard))
            begun = noted.get("begun")
            if noted.get("session") != plan.session or not isinstance(begun, int):
                continue
            if begun > self._begun.get(shard, 1):
                lines.append(f"shard {shard} was begun again after its process was lost, on {noted.get('host')}")
            self._begun[shard] = max(begun, self._begun.get(shard, 1))
        return lines

    @property
    def _directory(self) -> Path:
        return next(iter(self._plans.values())).whole
