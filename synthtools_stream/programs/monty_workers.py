"""Worker processes of pydantic-monty, driven from threads: a trip goes in, what became of each call comes out.

A worker keeps one warm session with the prelude and the driver loaded, and the type checker beside them. A trip that
breaks its session (time, memory, a dead worker) is taken apart, each call alone in a fresh session, so that the fault
falls on the call that made it, and only if it does it again: a worker may have been killed by others, and where a
machine has more to do than it can, a call that is slow there gets more time before it counts as one without end.

Sessions are the library's blocking ones: its asyncio ones leave threads behind that can abort the interpreter when it
exits (seen in 30 of 80 short runs; 0 of 80 with these), and cost 75 us less a call.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import orjson
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

from synthtools_stream.programs import prelude, sandbox_driver
from synthtools_stream.programs.program import Fault, FaultKind, ProgramCall
from synthtools_stream.programs.source_tree import keeps_nothing
from synthtools_stream.values.jsontypes import Json

__all__ = ["MontyWorkers", "Told", "WorkerUnstartable"]

Told = dict[str, str] | Fault
"""What the driver tells of a call, `{"answer": JSON text}` or `{"fault": kind, "detail": text}`, or what broke it."""

_MAX_MEMORY = 64 << 20
"""Bytes of a session: a trip of 64 calls on worlds of 8 KB takes a twentieth."""
_MAX_RECURSION = 200
"""Calls one inside the other, the driver's own included: what walks a JSON value of an answer needs 64."""
_POLICY = OSPolicy(datetime="call_host", random_start="call_host", sleep="call_host")
"""Clock and chance are the host's to give, and the host gives none: reading them raises inside."""
_MAX_PRINT = 65_536
"""Bytes that a trip may print. What it prints goes nowhere."""
_TRIPS_A_SESSION = 1_000
"""Trips after which a session is replaced, so that whatever a worker may keep stays bounded."""
_PATIENCE = 5
"""Times its own limit after which a worker that answers nothing is killed."""

_MOST_PATIENCE = 4.0
"""Times its limit that a call gets on a busy machine; below `_PATIENCE`, at which its worker is killed."""

_PRELUDE = inspect.getsource(prelude)
_DRIVER = inspect.getsource(sandbox_driver)
_HELPERS = f"helpers = {{{', '.join(f'{name!r}: {name}' for name in prelude.__all__)}}}"
_STOP = "stop_here"
_STUBS = f"""\
{_PRELUDE.replace("from __future__ import annotations", "")}
__all__ += ["{_STOP}"]
def {_STOP}() -> None: ...
"""
"""What the type checker knows beside Python itself; its `from __future__` it does not."""
_STOPPED = "checked, and not run"
_STOPPING = f"def {_STOP}():\n    raise RuntimeError({_STOPPED!r})"
"""Called before a program that is only to be checked: what the session runs, it would know at the next check."""
_TRIP = "answers(sources, lasting, cases, calls, helpers)"
_TRACED = """\
import json
call(*json.loads(cases[0]))
"""


def load_a_core() -> float:
    """Return how many processes want each core of this machine, over the last minute."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


class WorkerUnstartable(RuntimeError):
    """No worker process can be started here."""


@dataclass(slots=True)
class _Warm:
    """A session with prelude and driver loaded, and what closes it."""

    session: MontySession
    closing: ExitStack
    trips: int = 0


class MontyWorkers:
    """So many worker processes at most; each method blocks, and may be called from so many threads at once."""

    def __init__(self, count: int, seconds: float, load: Callable[[], float] = load_a_core) -> None:
        """Start nothing yet; a trip may compute for so many `seconds`. `load` tells how busy the machine is."""
        self._seconds = seconds
        self._load = load
        self._pool = Monty(min_processes=1, max_processes=count, request_timeout=_PATIENCE * seconds)
        self._running = ExitStack()
        self._idle: list[_Warm] = []
        self._stopped = False

    def start(self) -> None:
        """Start the first worker, with a session.

        :raises WorkerUnstartable: when there is none to start.
        """
        try:
            self._running.enter_context(self._pool)
            self._idle.append(self._opened())
        except (OSError, RuntimeError, MontyError) as error:
            raise WorkerUnstartable(str(error)) from error

    def stop(self) -> None:
        """Open no more sessions: a trip under way ends with the one that it has."""
        self._stopped = True

    def close(self) -> None:
        """End the workers, once no trip is under way."""
        for warm in self._idle:
            warm.closing.close()
        self._running.close()

    def told(self, trip: Sequence[ProgramCall]) -> list[Told]:
        """Return what the driver tells of each call, in order, or its fault; what is the same is one object.

        :raises WorkerUnstartable: when a worker that ended cannot be replaced.
        """
        try:
            packed = _packed(trip)
        except (ValueError, RecursionError) as error:  # what JSON cannot say, or nested too deep
            if len(trip) == 1:
                return [Fault(FaultKind.unreadable, f"the call is no JSON: {error}")]
            return [one for call in trip for one in self.told([call])]
        made = self._fed(_TRIP, packed, self._idle_one() or self._opened())
        if isinstance(made, Fault):
            return [one for call in trip for one in self._told_alone(call)]
        told: list[Told] = made["told"]
        return [told[place] for place in made["at"]]

    def checked(self, source: str) -> Fault | None:
        """Return what the type checker, or loading it, finds wrong with a program.

        :raises WorkerUnstartable: when a worker that ended cannot be replaced.
        """
        if self._is_clean(source):
            return None
        with ExitStack() as closing:  # alone, for the words of the fault: rare enough to take its 20 ms
            session = self._entered(closing, self._checkout())
            session.feed_run(_PRELUDE, skip_type_check=True)
            try:
                session.feed_run(source, print_callback=CollectString(_MAX_PRINT))
            except MontyError as error:
                return _fault(error)
        return None

    def traced(self, call: ProgramCall) -> str | None:
        """Return where in the program a call raises, as a traceback; None where it does not.

        :raises WorkerUnstartable: when a worker that ended cannot be replaced.
        """
        printed = CollectString(_MAX_PRINT)
        with ExitStack() as closing:
            session = self._entered(closing, self._checkout())
            session.feed_run(_PRELUDE, skip_type_check=True)
            try:
                session.feed_run(call.source, print_callback=printed, skip_type_check=True)
                session.feed_run(_TRACED, inputs=_packed([call]), print_callback=printed, skip_type_check=True)
            except MontyRuntimeError as error:
                return error.display()
            except MontyError as error:
                return str(error)
        return None

    def _is_clean(self, source: str) -> bool:
        """Say whether a warm session finds nothing wrong with a program's types, and loads it."""
        warm = self._idle_one() or self._opened()
        try:
            warm.session.feed_run(f"{_STOP}()\n{source}", print_callback=CollectString(_MAX_PRINT))
        except MontyRuntimeError as error:
            if str(error.exception()) == _STOPPED:
                loaded = self._fed("loaded(source, helpers)", {"source": source}, warm)
                return not isinstance(loaded, Fault) and "call" in loaded
        except MontyError:
            pass
        warm.closing.close()
        return False

    def _told_alone(self, call: ProgramCall) -> list[Told]:
        packed = _packed([call])
        told = self._fed(_TRIP, packed, self._opened())
        if isinstance(told, Fault):
            load = self._load() if told.kind is FaultKind.time else 1.0
            if told.kind is FaultKind.crashed or load > 1.0:
                told = self._fed(_TRIP, packed, self._opened(min(load, _MOST_PATIENCE)))
        return [told] if isinstance(told, Fault) else told["told"]

    def _fed(self, code: str, given: dict[str, Any], warm: _Warm) -> dict[str, Any] | Fault:
        """Return what the driver makes of something, or what broke its session."""
        printed = CollectString(_MAX_PRINT)
        try:
            made: dict[str, Any] = warm.session.feed_run(
                code, inputs=given, print_callback=printed, skip_type_check=True
            )
        except MontyError as error:
            warm.closing.close()
            return _fault(error)
        warm.trips += 1
        if warm.trips < _TRIPS_A_SESSION:
            self._idle.append(warm)
        else:
            warm.closing.close()
        return made

    def _idle_one(self) -> _Warm | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _opened(self, patience: float = 1.0) -> _Warm:
        closing = ExitStack()
        session = self._entered(closing, self._checkout(patience))
        for source in (_PRELUDE, _DRIVER, _HELPERS, _STOPPING):
            session.feed_run(source, skip_type_check=True)
        return _Warm(session, closing)

    def _checkout(self, patience: float = 1.0) -> MontySession:
        return self._pool.checkout(
            limits=ResourceLimits(
                max_feed_duration_secs=patience * self._seconds,
                max_memory=_MAX_MEMORY,
                max_recursion_depth=_MAX_RECURSION,
            ),
            os_policy=_POLICY,
            type_check=True,
            type_check_stubs=_STUBS,
            script_name="program.py",
        )

    def _entered(self, closing: ExitStack, session: MontySession) -> MontySession:
        if self._stopped:
            raise WorkerUnstartable("the sandbox is closing")
        if (idle := self._idle_one()) is not None:
            idle.closing.close()  # it holds the worker that this one is to have
        try:
            return closing.enter_context(session)
        except (OSError, RuntimeError, MontyError) as error:
            raise WorkerUnstartable(str(error)) from error


def _packed(trip: Sequence[ProgramCall]) -> dict[str, Any]:
    """Return a trip as the driver takes it, every program and every case in it once.

    :raises ValueError: when a call holds what JSON cannot say.
    :raises RecursionError: when a call is nested too deep.
    """
    sources = list(dict.fromkeys(call.source for call in trip))
    places = {source: place for place, source in enumerate(sources)}
    lasting = {call.source: keeps_nothing(call.known_as) for call in trip}
    cases: dict[tuple[int, int, str], int] = {}
    texts: list[str] = []
    calls: list[list[int]] = []
    for call in trip:
        key = (id(call.state), id(call.arguments), call.now)
        if key not in cases:
            cases[key] = len(texts)
            texts.append(_text([call.state, call.arguments, call.now]))
        calls.append([places[call.source], cases[key]])
    return {"sources": sources, "lasting": [lasting[source] for source in sources], "cases": texts, "calls": calls}


def _text(case: Json) -> str:
    try:
        return orjson.dumps(case).decode()
    except TypeError:  # an integer of more than 64 bits, or a text that is no UTF-8: no reason to fail
        return json.dumps(case)


def _fault(error: MontyError) -> Fault:
    """Return what broke a session as the fault of the one call in it."""
    if isinstance(error, MontyCrashedError):
        kind = FaultKind.time if error.timed_out else FaultKind.crashed
        return Fault(kind, f"it ended the worker that ran it: {error}")
    if isinstance(error, MontySyntaxError | MontyTypingError):
        return Fault(FaultKind.unreadable, error.display() if isinstance(error, MontyTypingError) else str(error))
    inner = error.exception() if isinstance(error, MontyRuntimeError) else None
    kinds = {TimeoutError: FaultKind.time, MemoryError: FaultKind.memory}
    kind = next((kind for raised, kind in kinds.items() if isinstance(inner, raised)), FaultKind.raised)
    return Fault(kind, str(error))
