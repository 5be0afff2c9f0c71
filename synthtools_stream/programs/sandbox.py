"""The sandbox: programs run in worker processes of an interpreter for Python that nobody trusts.

Calls of one row make one trip. Each trip has a thread and a worker to itself, of which there are equally many; a task
that is cancelled leaves its trip to end by its limits, and the sandbox closes only when all trips have ended.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

import anyio
import orjson
from pydantic import ValidationError

from synthtools_stream.errors import UsageError
from synthtools_stream.programs.program import Fault, FaultKind, ProgramCall
from synthtools_stream.programs.source_tree import source_fault
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.values.json_depth import deeper_than

if TYPE_CHECKING:
    from synthtools_stream.programs.monty_workers import MontyWorkers, Told

__all__ = ["Sandbox", "SandboxMissing", "open_sandbox"]

TRIP_S = 2.0
"""Seconds that a trip may compute. A call takes half a millisecond: no honest trip comes near, on a loaded machine
either."""
_MAX_TRIP = 256
"""Calls that go in one trip: all of a row, and a bound to what one slow call can hold up."""
_MAX_DETAIL = 600
"""Characters of a fault that are told: the message and the lines about it."""
_MAX_DEPTH = 64
"""Levels of brackets in an answer: as many as in one that a model writes."""
Got = TypeVar("Got")
Given = TypeVar("Given")


class SandboxMissing(UsageError):
    """The sandbox's worker cannot be started on this machine."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A pool of workers; all methods may be called from any number of tasks at once."""

    workers: MontyWorkers
    threads: ThreadPoolExecutor
    """One a worker: whoever has one has a session to itself."""

    async def answers(self, calls: Sequence[ProgramCall]) -> list[SimulatorOutput | Fault]:
        """Return what each call is answered, in order; what is the same is one object.

        :raises SandboxMissing: when a worker that ended cannot be replaced.
        """
        faults = [source_fault(call.known_as) for call in calls]
        sound = [call for call, fault in zip(calls, faults, strict=True) if fault is None]
        trips = [sound[at : at + _MAX_TRIP] for at in range(0, len(sound), _MAX_TRIP)]
        told = chain.from_iterable(await asyncio.gather(*(self._in_thread(self.workers.told, trip) for trip in trips)))
        read: dict[str, SimulatorOutput | Fault] = {}
        return [_read(next(told) if fault is None else fault, read) for fault in faults]

    async def check(self, source: str) -> Fault | None:
        """Return what is wrong with a program before it is called: its syntax, an unknown name, a wrong operator.

        :raises SandboxMissing: when a worker that ended cannot be replaced.
        """
        fault = source_fault(source) or await self._in_thread(self.workers.checked, source)
        return None if fault is None else _short(fault)

    async def trace(self, call: ProgramCall) -> str | None:
        """Return where in its program a call raises, with the lines: for whoever is to mend it. None where it does not.

        :raises SandboxMissing: when a worker that ended cannot be replaced.
        """
        if source_fault(call.source) is not None:
            return None
        traced = await self._in_thread(self.workers.traced, call)
        return None if traced is None else traced[-_MAX_DETAIL:]

    async def _in_thread(self, work: Callable[[Given], Got], given: Given) -> Got:
        from synthtools_stream.programs.monty_workers import WorkerUnstartable

        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, work, given)
        except WorkerUnstartable as error:
            raise _missing(error) from error


@asynccontextmanager
async def open_sandbox(workers: int | None = None, *, trip_s: float = TRIP_S) -> AsyncGenerator[Sandbox]:
    """Yield a sandbox of so many worker processes, by default one a core; a trip may compute for `trip_s` seconds.

    :raises SandboxMissing: when no worker can be started.
    """
    count = workers or os.cpu_count() or 1
    try:  # here, so that a machine without it can still do all that needs no program
        from synthtools_stream.programs.monty_workers import MontyWorkers, WorkerUnstartable
    except ImportError as error:
        raise _missing(error) from error
    monty = MontyWorkers(count, trip_s)
    with ThreadPoolExecutor(count, thread_name_prefix="sandbox") as threads:
        try:
            await asyncio.get_running_loop().run_in_executor(threads, monty.start)
            yield Sandbox(monty, threads)
        except WorkerUnstartable as error:
            raise _missing(error) from error
        finally:
            monty.stop()
            await _ended(threads)
            monty.close()


async def _ended(threads: ThreadPoolExecutor) -> None:
    """Wait, past any cancellation, until every trip under way has ended: some seconds at most."""
    with anyio.CancelScope(shield=True):  # against anyio's, which would be repeated; asyncio's comes once
        ended = asyncio.ensure_future(asyncio.to_thread(threads.shutdown, cancel_futures=True))
        try:
            await asyncio.shield(ended)
        except asyncio.CancelledError:
            await ended
            raise


def _missing(error: Exception) -> SandboxMissing:
    return SandboxMissing(f"programs cannot be run here: pydantic-monty's worker does not start: {error}")


def _read(told: Told, read: dict[str, SimulatorOutput | Fault]) -> SimulatorOutput | Fault:
    """Read what the driver tells of one call; `read` are answers that were read already, and will hold this."""
    if isinstance(told, Fault):
        return _short(told)
    if "fault" in told:
        return _short(Fault(FaultKind(told["fault"]), told["detail"]))
    text = told["answer"]
    if text not in read:
        read[text] = _answer(text)
    return read[text]


def _answer(text: str) -> SimulatorOutput | Fault:
    try:
        answer = orjson.loads(text)
        if isinstance(answer, dict) and "imagined" not in answer and not deeper_than(answer, _MAX_DEPTH):
            return SimulatorOutput.model_validate(answer)
    except orjson.JSONDecodeError:
        return _short(Fault(FaultKind.garbage, f"what it returned holds NaN or an infinite number: {text}"))
    except ValidationError as error:
        where = error.errors()[0]
        place = ".".join(str(part) for part in where["loc"])
        return _short(Fault(FaultKind.garbage, f"what it returned is no answer: {place}: {where['msg']}"))
    return _short(Fault(FaultKind.garbage, f"what it returned is no answer: {text}"))


def _short(fault: Fault) -> Fault:
    return fault if len(fault.detail) <= _MAX_DETAIL else replace(fault, detail=fault.detail[:_MAX_DETAIL])
