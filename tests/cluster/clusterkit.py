"""A fleet without machines, and plans for it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from synthtools_stream.assembly.chosen_start import StartFiles
from synthtools_stream.cluster.fair_shares import share_of
from synthtools_stream.cluster.shard_fleet import ShardEnd
from synthtools_stream.cluster.shard_plan import Ended, ShardPlan
from synthtools_stream.config import RunConfig
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.values.shards import Shard


def plans_of(whole: Path, count: int, *, serve: Sequence[str] = (), **options: Json) -> list[ShardPlan]:
    """Return the plans of a small run."""
    config = RunConfig.build({"fields": ["Hotels", "Maritime Shipping"], "stop_after": "generation", **options})
    shards = [Shard(number, count) for number in range(1, count + 1)]
    return [
        ShardPlan(shard, share_of(config, shard), StartFiles(), whole, "session", Path.cwd(), serve) for shard in shards
    ]


class FakeFleet:
    """Ends each shard as it is told to, in the order in which they were begun; without a word it waits for a stop."""

    def __init__(self, ends: Mapping[int, Sequence[Ended]]) -> None:
        """`ends` are the endings of each shard by number, one for each time that it is begun."""
        self._ends = {number: list(endings) for number, endings in ends.items()}
        self._ended: asyncio.Queue[ShardEnd] = asyncio.Queue()
        self.begun: defaultdict[int, int] = defaultdict(int)
        self.stops: list[bool] = []
        self.lack = ""
        self._waiting: list[Shard] = []

    def begin(self, plan: ShardPlan) -> None:
        """Begin a shard, which ends at once, or at a stop."""
        self.begun[plan.shard.number] += 1
        ends = self._ends.get(plan.shard.number)
        if ends:
            self._ended.put_nowait(ShardEnd(plan.shard, ends.pop(0)))
        else:
            self._waiting.append(plan.shard)

    async def next_end(self) -> ShardEnd:
        """Return the next."""
        return await self._ended.get()

    def stop(self, *, now: bool) -> None:
        """End all that wait."""
        self.stops.append(now)
        while self._waiting:
            self._ended.put_nowait(ShardEnd(self._waiting.pop(), Ended("stopped", "stopped")))

    def lacking(self) -> str:
        """Say what it was told to."""
        return self.lack
