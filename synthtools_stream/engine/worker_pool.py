"""Worker pool: takes items from a bounded outlet, settles each exactly once, and hands what came of it on.

An item failing is data; the engine failing is an exception. So `Rejection` and `TransportError` end in an outcome in
the journal, and anything else ends the pool, and with it the run. An item that the journal knows already is not run
again: its outputs are read back and handed on as if it had just been done. An item that is needed no more when its turn
comes is left open: nothing is written of it, so the next run finds it as it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar

from pydantic import ValidationError

from queues import ChannelStatistics, Lease, Outlet
from synthtools_stream.asking.asker import Asker
from synthtools_stream.engine.stage import Context, Item, Stage
from synthtools_stream.errors import Rejection, RunDirectoryError, TransportError, UnreadableAnswer
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Output", "Pool", "PoolStatistics", "Route", "Settled", "Work"]

In = TypeVar("In", bound=Item)
Out = TypeVar("Out", bound="Output")
T = TypeVar("T")


class Output(Item, Protocol):
    """An item that can be read back from the journal."""

    @classmethod
    def from_json(cls, value: JsonObject) -> Self:
        """Build the item from a JSON object."""
        ...


@dataclass(frozen=True, slots=True)
class Work(Generic[T]):
    """An item on its way, with its share of the credit that keeps live work bounded."""

    item: T
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class Settled(Generic[T]):
    """How an item left its stage, outputs decoded."""

    item_id: str
    kind: OutcomeKind
    outputs: tuple[T, ...] = ()


class Route(Protocol[T]):
    """Where the outcomes of a pool go."""

    async def deliver(self, settled: Settled[T], lease: Lease | None) -> None:
        """Hand an outcome on, waiting where there is no room; takes over no share of `lease` unless it adds one."""
        ...

    def close(self) -> None:
        """Say that nothing more will come."""
        ...


@dataclass
class PoolStatistics:
    """What a pool did since the process started, replays from the journal included."""

    running: int = 0
    outcomes: dict[OutcomeKind, int] = field(default_factory=lambda: dict.fromkeys(OutcomeKind, 0))


class Pool(Generic[In, Out]):
    """`workers` tasks around one stage."""

    def __init__(
        self,
        stage: Stage[In, Out],
        output_type: type[Out],
        outlet: Outlet[Work[In]],
        route: Route[Out],
        *,
        journal: Journal,
        asker: Asker,
        session_of: Callable[[In], str],
        workers: int,
        sandbox: Sandbox | None = None,
        last: bool = False,
        needed: Callable[[], bool] = lambda: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Wire a pool; `session_of` names the environment of an item, for adjacency at the gate.

        Nobody takes the outputs of the `last` pool of a line, so none of them are read back. `needed` tells whether
        what the pool makes is still of use in this run. `clock` tells how long an item took, for the journal alone.
        """
        self.stage = stage
        self.outlet = outlet
        self.statistics = PoolStatistics()
        self._output_type = output_type
        self._route = route
        self._journal = journal
        self._asker = asker
        self._sandbox = sandbox
        self._session_of = session_of
        self._workers = workers
        self._last = last
        self._needed = needed
        self._clock = clock

    @property
    def group(self) -> str:
        """The stage under which `status` counts this pool: `generation` for `generation.tool`."""
        return self.stage.name.partition(".")[0]

    @property
    def name(self) -> str:
        """The stage's name, such as `generation.tool`."""
        return self.stage.name

    def running(self) -> int:
        """Items in work."""
        return self.statistics.running

    def settled(self) -> int:
        """Items that left since the process started, however they did."""
        return sum(self.statistics.outcomes.values())

    def inbox(self) -> ChannelStatistics:
        """The channel before the pool."""
        return self.outlet.statistics()

    async def run(self) -> None:
        """Work until the stream ends, then close the route; raises what no item can be blamed for."""
        try:
            async with asyncio.TaskGroup() as workers:
                for number in range(self._workers):
                    workers.create_task(self._work(), name=f"{self.stage.name}#{number}")
        finally:
            self._route.close()
            self.outlet.close()

    async def _work(self) -> None:
        async for work in self.outlet:
            self.statistics.running += 1
            try:
                settled = await self._settle(work.item)
                self.statistics.outcomes[settled.kind] += 1
            finally:
                self.statistics.running -= 1
            await self._route.deliver(settled, work.lease)
            if work.lease is not None:
                work.lease.drop()

    async def _settle(self, item: In) -> Settled[Out]:
        known = self._journal.seen(self.stage.name, item.id)
        if known is OutcomeKind.REJECTED or (known is OutcomeKind.DONE and self._last):
            return Settled(item.id, known)
        if known is OutcomeKind.DONE:
            outcome = await self._journal.load(self.stage.name, item.id)
            return Settled(item.id, outcome.kind, self._read_back(outcome))
        if not self._needed():
            return Settled(item.id, OutcomeKind.FAILED)  # to those behind, as one that the next run tries again
        session, began = self._session_of(item), self._clock()
        context = Context(stage=self.group, item=item.id, session=session, asker=self._asker, sandbox=self._sandbox)
        try:
            outputs = tuple(await self.stage.process(item, context))
        except Rejection as rejection:
            evidence = rejection.evidence or {}
            await self._record(
                item,
                OutcomeKind.REJECTED,
                context,
                began,
                reason=rejection.reason,
                detail=rejection.detail,
                extra=evidence,
            )
            return Settled(item.id, OutcomeKind.REJECTED)
        except TransportError as error:
            reason = "unreadable" if isinstance(error, UnreadableAnswer) else "transport"
            await self._record(item, OutcomeKind.FAILED, context, began, reason=reason, detail=str(error))
            return Settled(item.id, OutcomeKind.FAILED)
        await self._record(item, OutcomeKind.DONE, context, began, outputs=[output.to_json() for output in outputs])
        return Settled(item.id, OutcomeKind.DONE, outputs)

    def _read_back(self, outcome: Outcome) -> tuple[Out, ...]:
        try:
            return tuple(self._output_type.from_json(row) for row in outcome.outputs)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise RunDirectoryError(
                f"{self._journal.path}: {outcome.stage} of {outcome.item!r}: {where}: {first['msg']}; this was made"
                " by another version, or by hand: name another directory"
            ) from error

    async def _record(
        self,
        item: In,
        kind: OutcomeKind,
        context: Context,
        began: float,
        *,
        reason: str = "",
        detail: str = "",
        extra: JsonObject | None = None,
        outputs: list[JsonObject] | None = None,
    ) -> None:
        await self._journal.append(
            Outcome(
                stage=self.stage.name,
                item=item.id,
                kind=kind,
                reason=reason,
                detail=detail,
                outputs=outputs or [],
                extra=extra or {},
                usage=context.usage.to_json(),
                timing={"elapsed_s": round(self._clock() - began, 3)},
            )
        )
