"""What a whole run needs of those who have machines: somebody to run shards, and to tell how each ended."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from synthtools_stream.cluster.shard_plan import Ended, ShardPlan
from synthtools_stream.values.shards import Shard

__all__ = ["ShardEnd", "ShardFleet"]


class ShardEnd(NamedTuple):
    """A shard that has ended."""

    shard: Shard
    ended: Ended


class ShardFleet(Protocol):
    """Runs shards, each in a process that is begun again elsewhere when it is lost."""

    def begin(self, plan: ShardPlan) -> None:
        """Run a shard as soon as there is room, in a process of its own; one that ended may be begun again."""
        ...

    async def next_end(self) -> ShardEnd:
        """Wait for the next shard that ends, of those that were begun."""
        ...

    def stop(self, *, now: bool) -> None:
        """Ask all shards to stop; those that have no room yet are given up."""
        ...

    def lacking(self) -> str:
        """Say in a few words what shards wait for that no machine has; empty where all have room."""
        ...
