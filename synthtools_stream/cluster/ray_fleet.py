"""Shards on Ray: an actor each, wherever its resources are. The only place that knows Ray.

Ray begins an actor anew whose process or node is lost, without end, and calls its method again: so nothing is lost with
the driver's view of it, and nothing needs a queue. What an actor returns ends it. Ray is quiet here: no dashboard, no
usage statistics, no workers' output on the screen; its own logs are where Ray keeps them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from typing import Any

from synthtools_stream.cluster.shard_actor import ShardActor
from synthtools_stream.cluster.shard_fleet import ShardEnd
from synthtools_stream.cluster.shard_plan import Ended, ShardPlan
from synthtools_stream.errors import UsageError, boundary
from synthtools_stream.values.shards import Shard

__all__ = ["RayFleet", "Room", "ray_fleet"]

_NAMESPACE = "synthtools-stream"
_CALLS = 16
"""Calls of one actor at once: its run, and whoever asks it to stop."""
_STORE_BYTES = 80 << 20
"""Bytes of the object store of a Ray that we start: plans and endings are small, and Ray takes no less than 75 MiB."""
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
}
"""What Ray is told before it is imported."""


@dataclass(frozen=True)
class Room:
    """What a shard's process needs of its node."""

    cpus: float = 1.0
    gpus: float = 0.0
    spread: bool = False
    """Whether no two shards may be on one node."""


@contextmanager
def ray_fleet(address: str, room: Room, shards: int) -> Generator[RayFleet]:
    """Join a cluster, or the one that runs here, or else start Ray on this machine; leave it at the end.

    :raises UsageError: where Ray is not installed, or no cluster is where `address` says.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        ray: Any = import_module("ray")
    except ImportError as error:
        raise UsageError("cluster run needs Ray: pip install 'synthtools-stream[ray]', on every node") from error
    # Of each lost process and node it prints dozens of lines, without an option to say less; we say one.
    import_module("ray._private.worker").__dict__["print_to_stdstream"] = _unheard
    _join(ray, address)
    try:
        yield RayFleet(ray, room, shards)
    finally:
        ray.shutdown()


def _join(ray: Any, address: str) -> None:
    quiet = {"namespace": _NAMESPACE, "log_to_driver": False, "logging_level": logging.ERROR}
    where = address or os.environ.get("RAY_ADDRESS", "")
    with boundary(f"no Ray cluster can be joined at {where or 'this machine'}", Exception, as_=UsageError):
        try:
            ray.init(address=where or "auto", **quiet)
        except ConnectionError:
            if where:
                raise
            ray.init(address="local", include_dashboard=False, object_store_memory=_STORE_BYTES, **quiet)


class RayFleet:
    """The actors of one run."""

    def __init__(self, ray: Any, room: Room, shards: int) -> None:
        """Take a Ray that is joined; shards that are to be spread have their places reserved together."""
        self._ray = ray
        self._room = room
        self._errors: Any = import_module("ray.exceptions")
        self._placed: Any = None
        bundle = {name: amount for name, amount in (("CPU", room.cpus), ("GPU", room.gpus)) if amount}
        if room.spread:
            placing: Any = import_module("ray.util.placement_group")
            self._placed = placing.placement_group([bundle] * shards, strategy="STRICT_SPREAD")
        self._bundle = bundle
        self._shards = shards
        self._actors: dict[Shard, Any] = {}
        self._begun: Counter[Shard] = Counter()
        self._ready: dict[Shard, asyncio.Future[object]] = {}
        self._runs: dict[asyncio.Future[Ended], Shard] = {}

    def begin(self, plan: ShardPlan) -> None:
        """Make an actor for a shard and call it.

        :raises UsageError: when the same run is under way on this cluster.
        """
        self._begun[plan.shard] += 1
        run = blake2b(str(plan.whole).encode(), digest_size=6).hexdigest()
        options: dict[str, Any] = {
            "name": f"{run}-shard-{plan.shard.number}-of-{plan.shard.count}-{self._begun[plan.shard]}",
            "num_cpus": self._room.cpus,
            "num_gpus": self._room.gpus,
            "max_restarts": -1,
            "max_task_retries": -1,
            "max_concurrency": _CALLS,
        }
        if self._placed is not None:
            strategies: Any = import_module("ray.util.scheduling_strategies")
            options["scheduling_strategy"] = strategies.PlacementGroupSchedulingStrategy(
                self._placed, placement_group_bundle_index=plan.shard.number - 1
            )
        try:
            actor = self._ray.remote(ShardActor).options(**options).remote()
        except ValueError as error:  # the name is taken
            raise UsageError(f"{plan.whole}: these shards are at work on this cluster already") from error
        self._actors[plan.shard] = actor
        self._ready[plan.shard] = asyncio.wrap_future(actor.__ray_ready__.remote().future())
        self._ready[plan.shard].add_done_callback(_forgotten)
        self._runs[asyncio.wrap_future(actor.run.remote(plan).future())] = plan.shard

    async def next_end(self) -> ShardEnd:
        """Wait for the next actor's word, and let the actor go, with what it holds of its node."""
        done, _ = await asyncio.wait(self._runs, return_when=asyncio.FIRST_COMPLETED)
        finished = done.pop()
        shard = self._runs.pop(finished)
        ended = self._ended(finished)
        with contextlib.suppress(Exception):  # it may be gone already
            self._ray.kill(self._actors.pop(shard))
        return ShardEnd(shard, ended)

    def _ended(self, finished: asyncio.Future[Ended]) -> Ended:
        try:
            return finished.result()
        except (self._errors.RuntimeEnvSetupError, self._errors.ActorUnschedulableError) as error:
            return Ended("refused", _one_line(error))
        except self._errors.RayActorError as error:
            return Ended("stopped", f"its process is gone: {_one_line(error)}")
        except self._errors.RayError as error:
            return Ended("refused", _one_line(error))

    def stop(self, *, now: bool) -> None:
        """Ask all actors to stop; those that wait for room have nothing to finish, and are ended."""
        waiting = self._waiting()
        for shard, actor in self._actors.items():
            if now or shard in waiting:
                self._ray.kill(actor)
            else:
                actor.stop.remote()

    def lacking(self) -> str:
        """Say how many shards wait for room, and for what."""
        waiting = len(self._waiting())
        if not waiting:
            return ""
        asked = ", ".join(f"{amount:g} {name}" for name, amount in self._bundle.items()) or "a process"
        apart = ", on a node of its own" if self._room.spread else ""
        return f"{waiting} of {self._shards} shards wait for room: each needs {asked}{apart}"

    def _waiting(self) -> set[Shard]:
        """Return the shards whose actors have had no place yet."""
        return {shard for shard in self._actors if not self._ready[shard].done()}


def _unheard(*_what: object, **_how: object) -> None:
    """Print nothing."""


def _forgotten(future: asyncio.Future[object]) -> None:
    """Look at how a future ended, which says nothing that the actor's own end does not."""
    if not future.cancelled():
        future.exception()


def _one_line(error: Exception) -> str:
    lines: Sequence[str] = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
