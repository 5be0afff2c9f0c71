"""The sandbox: programs run in worker processes of pydantic-monty, an interpreter for Python that nobody trusts.

A worker keeps one warm session with the prelude and the driver loaded. Each call gets a scope of its own, compiled
from the program's text: that costs less than loading a compiled form, and leaves no globals behind. Calls of one row
make one trip. A trip that breaks the session (time, memory, a dead worker) is taken apart, each call alone in a fresh
session, so that the fault falls on the call that made it.

Sessions are the library's blocking ones, driven from threads: its asyncio ones leave threads behind that can abort the
interpreter when it exits (seen in 30 of 80 short runs; 0 of 80 with these), and cost 75 us less a call.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

import anyio
import orjson
from anyio.to_thread import run_sync
from pydantic import ValidationError
from pydantic_monty import (
    CollectString,
    Monty,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySession,
    MontySyntaxError,
    MontyTypingError,
    OSPolicy,
    ResourceLimits,
)

from synthtools_stream.errors import UsageError
from synthtools_stream.programs import prelude, sandbox_driver
from synthtools_stream.programs.program import Fault, FaultKind, ProgramCall
from synthtools_stream.roles.program_roles import MAX_SOURCE
from synthtools_stream.roles.simulator_role import SimulatorOutput

__all__ = ["Sandbox", "SandboxMissing", "open_sandbox"]

_LIMITS = ResourceLimits(max_feed_duration_secs=2.0, max_memory=64 << 20, max_recursion_depth=200)
"""Of one trip. A call takes about half a millisecond: 2 s is what no honest trip of 64 reaches on a loaded machine."""
_POLICY = OSPolicy(datetime="call_host", random_start="call_host", sleep="call_host")
"""Clock and chance are the host's to give, and the host gives none: reading them raises inside."""
_MAX_PRINT = 65_536
"""Bytes that a trip may print. What it prints goes nowhere."""
_MAX_TRIP = 64
"""Calls that go in one trip: all of a row, and a bound to what one slow call can hold up."""
_TRIPS_A_SESSION = 1_000
"""Trips after which a session is replaced, so that whatever a worker may keep stays bounded."""
_MAX_DETAIL = 600
"""Characters of a fault that are told: the message and the lines about it."""
_WATCHDOG_S = 10.0
"""After which a worker that answers nothing is killed: five times its own limit."""

HELPERS = tuple(
    name
    for name, made in vars(prelude).items()
    if inspect.isfunction(made) and made.__module__ == prelude.__name__ and not name.startswith("_")
)
"""Names of the prelude's functions, which every program may use."""


class SandboxMissing(UsageError):
    """The sandbox's worker cannot be started on this machine."""


@dataclass(slots=True)
class _Warm:
    """A session with prelude and driver loaded, and what closes it."""

    session: MontySession
    closing: ExitStack
    trips: int = 0


@dataclass(slots=True)
class Sandbox:
    """A pool of workers; both methods may be called from any number of tasks at once."""

    pool: Monty
    workers: anyio.CapacityLimiter
    """A token a worker: whoever holds one has a session to itself."""
    idle: list[_Warm] = field(default_factory=list[_Warm])

    async def answers(self, calls: Sequence[ProgramCall]) -> list[SimulatorOutput | Fault]:
        """Return what each call is answered, in order."""
        made: list[SimulatorOutput | Fault] = []
        for at in range(0, len(calls), _MAX_TRIP):
            trip = calls[at : at + _MAX_TRIP]
            made += await run_sync(self._answered, trip, limiter=self.workers)
        return made

    async def check(self, source: str) -> Fault | None:
        """Return what is wrong with a program before it is called: its syntax, an unknown name, a wrong operator."""
        return await run_sync(self._checked, source, limiter=self.workers)

    def _answered(self, trip: Sequence[ProgramCall]) -> list[SimulatorOutput | Fault]:
        """Answer a trip, in a worker's thread."""
        told = self._told(trip)
        if isinstance(told, Fault):
            return [told] if len(trip) == 1 else [one for call in trip for one in self._answered([call])]
        return [_read(one) for one in told]

    def _told(self, trip: Sequence[ProgramCall]) -> list[dict[str, str]] | Fault:
        """Return what the driver tells of each call, or the fault that ended them all."""
        warm = self.idle.pop() if self.idle else self._opened()
        try:
            told: list[dict[str, str]] = warm.session.feed_run(
                "answers(trip, helpers)", inputs={"trip": _packed(trip)}, print_callback=CollectString(_MAX_PRINT)
            )
        except MontyError as error:
            warm.closing.close()
            return _fault(error)
        warm.trips += 1
        if warm.trips < _TRIPS_A_SESSION:
            self.idle.append(warm)
        else:
            warm.closing.close()
        return told

    def _opened(self) -> _Warm:
        closing = ExitStack()
        session = closing.enter_context(self.pool.checkout(limits=_LIMITS, os_policy=_POLICY))
        for source in (inspect.getsource(prelude), inspect.getsource(sandbox_driver), _helpers_of(HELPERS)):
            session.feed_run(source)
        return _Warm(session, closing)

    def _checked(self, source: str) -> Fault | None:
        if len(source) > MAX_SOURCE:
            return Fault(FaultKind.unreadable, f"it has {len(source)} characters, {MAX_SOURCE} at most")
        if self.idle:
            self.idle.pop().closing.close()  # an idle session holds its worker
        stubs = inspect.getsource(prelude).replace(
            "from __future__ import annotations\n", ""
        )  # which its checker lacks
        checking = self.pool.checkout(
            limits=_LIMITS, os_policy=_POLICY, type_check=True, type_check_stubs=stubs, script_name="program.py"
        )
        with checking as session:
            session.feed_run(inspect.getsource(prelude), skip_type_check=True)
            try:
                session.feed_run(source, print_callback=CollectString(_MAX_PRINT))
            except MontyError as error:
                return _fault(error)
        return None


@asynccontextmanager
async def open_sandbox(workers: int | None = None) -> AsyncGenerator[Sandbox]:
    """Yield a sandbox of so many worker processes; by default one a core.

    :raises SandboxMissing: when no worker can be started.
    """
    count = workers or os.cpu_count() or 1
    with ExitStack() as closing:
        pool = Monty(min_processes=1, max_processes=count, request_timeout=_WATCHDOG_S)
        try:
            await run_sync(closing.enter_context, pool)
        except (OSError, RuntimeError, MontyError) as error:
            raise SandboxMissing(
                f"programs cannot be run here: pydantic-monty's worker does not start: {error}"
            ) from error
        sandbox = Sandbox(pool, anyio.CapacityLimiter(count))
        try:
            yield sandbox
        finally:
            for warm in sandbox.idle:
                warm.closing.close()


def _helpers_of(names: Sequence[str]) -> str:
    return f"helpers = {{{', '.join(f'{name!r}: {name}' for name in names)}}}"


def _packed(trip: Sequence[ProgramCall]) -> str:
    """Return a trip as JSON text, every program in it once."""
    sources = list(dict.fromkeys(call.source for call in trip))
    places = {source: place for place, source in enumerate(sources)}
    calls = [
        {"source": places[call.source], "state": call.state, "arguments": call.arguments, "now": call.now}
        for call in trip
    ]
    return orjson.dumps({"sources": sources, "calls": calls}).decode()


def _read(told: dict[str, str]) -> SimulatorOutput | Fault:
    """Read what the driver tells of one call."""
    if "fault" in told:
        return Fault(FaultKind(told["fault"]), told["detail"][:_MAX_DETAIL])
    try:
        answer = orjson.loads(told["answer"])
        if isinstance(answer, dict) and "imagined" not in answer:
            return SimulatorOutput.model_validate(answer)
    except orjson.JSONDecodeError:
        return Fault(FaultKind.garbage, "what it returned holds NaN or an infinite number")
    except ValidationError as error:
        where = error.errors()[0]
        place = ".".join(str(part) for part in where["loc"])
        return Fault(FaultKind.garbage, f"what it returned is no answer: {place}: {where['msg']}"[:_MAX_DETAIL])
    return Fault(FaultKind.garbage, f"what it returned is no answer: {told['answer']}"[:_MAX_DETAIL])


def _fault(error: MontyError) -> Fault:
    """Return what broke a session as the fault of the one call in it."""
    if isinstance(error, MontyCrashedError):
        kind = FaultKind.time if error.timed_out else FaultKind.crashed
        return Fault(kind, f"it ended the worker that ran it: {error}"[:_MAX_DETAIL])
    if isinstance(error, MontySyntaxError | MontyTypingError):
        shown = error.display() if isinstance(error, MontyTypingError) else str(error)
        return Fault(FaultKind.unreadable, shown[:_MAX_DETAIL])
    inner = error.exception() if isinstance(error, MontyRuntimeError) else None
    kinds = {TimeoutError: FaultKind.time, MemoryError: FaultKind.memory}
    kind = next((kind for raised, kind in kinds.items() if isinstance(inner, raised)), FaultKind.raised)
    return Fault(kind, str(error)[:_MAX_DETAIL])
