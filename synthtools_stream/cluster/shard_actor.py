"""A shard's actor: one process that runs one shard, wherever it is put, and can be asked to stop.

It may be killed and made again at any time, and `run` called again with it: that goes on where the last one was. How
the shard ends is returned, never raised: what is raised looks like the process's fault, and would be tried again for
ever.
"""

from __future__ import annotations

from synthtools_stream.assembly.stop_signals import StopWish
from synthtools_stream.cluster.shard_engine import run_shard
from synthtools_stream.cluster.shard_plan import Ended, ShardPlan

__all__ = ["ShardActor"]


class ShardActor:
    """Runs one shard; its methods are called by the fleet that made it, side by side on one loop."""

    def __init__(self) -> None:
        self._wish: StopWish | None = None
        self._stopped = False

    async def run(self, plan: ShardPlan) -> Ended:
        """Run a shard to its end."""
        self._wish = StopWish()
        if self._stopped:
            self._wish.ask()
        return await run_shard(plan, self._wish)

    async def stop(self) -> None:
        """Let the shard finish what is in flight, and stop."""
        self._stopped = True
        if self._wish is not None:
            self._wish.ask()
