"""Watch an endpoint's own load figures and tell its gate.

Every second `LoadWatch` reads the figures and hands the gate what changed. Figures come from anything that can be
read: `metrics_reader` reads them from a server's `/metrics`; an engine in our process can be read directly.
Where there are no figures, or none any more, the watch says so once and the gate goes on by the outcomes of its
requests alone; a watch that has seen figures keeps looking, ever less often, since servers restart.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from queues import AdmissionGate, LoadSignal
from synthtools_stream.errors import TransportError
from synthtools_stream.servers.load_figures import LoadFigures, read_figures

__all__ = ["LoadWatch", "PageSource", "metrics_reader"]

PATIENCE = 3
"""Looks without figures in a row until the user is told: one or two are a restart, or a busy second."""
MAX_INTERVAL_S = 30.0
"""Seconds between two looks at most, however long the figures have been missing: servers come back."""


class _Page(Protocol):
    @property
    def status(self) -> int: ...

    @property
    def body(self) -> bytes: ...


class PageSource(Protocol):
    """What the watch needs of an `HttpEndpoint`."""

    @property
    def root(self) -> str:
        """Where the server's routes begin."""
        ...

    async def fetch(self, method: str, url: str, /) -> _Page:
        """Read one page, whatever its status.

        :raises TransportError: if there is none.
        """
        ...


def metrics_reader(source: PageSource) -> Callable[[], Awaitable[LoadFigures | None]]:
    """Return a reader of the figures under `source`'s `/metrics`, for `LoadWatch`."""

    async def read() -> LoadFigures | None:
        page = await source.fetch("GET", f"{source.root}/metrics")
        if page.status >= 500:
            raise TransportError(f"{source.root}/metrics answers {page.status}")
        return read_figures(page.body.decode(errors="replace")) if page.status == 200 else None

    return read


class LoadWatch:
    """Tells a gate what its endpoint says of its own load."""

    def __init__(
        self,
        read: Callable[[], Awaitable[LoadFigures | None]],
        gate: AdmissionGate,
        *,
        name: str = "the server",
        notice: Callable[[str], None] = lambda _: None,
        interval_s: float = 1.0,
        timeout_s: float = 5.0,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch by `read`, which gives None where there are no figures.

        Where it cannot tell, it raises `TransportError`.
        """
        self._read = read
        self._gate = gate
        self._name = name
        self._notice = notice
        self._interval_s = interval_s
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._clock = clock
        self._preemptions: int | None = None
        self._seen = False
        self._noticed = False
        self._absent = 0
        self._missed = 0

    async def run(self) -> None:
        """Watch until cancelled; return only when the server answers well but never had any figures."""
        while True:
            await self._look()
            if self._missed == PATIENCE and self._seen:
                self._say("no load figures any more")
            if self._absent == PATIENCE and not self._seen:
                self._say("no load figures")
                return
            await self._sleep(min(self._interval_s * 2**self._missed, MAX_INTERVAL_S))

    async def _look(self) -> None:
        started = self._clock()
        try:
            async with asyncio.timeout(self._timeout_s):
                figures = await self._read()
        except (TransportError, TimeoutError):
            self._missed = min(self._missed + 1, 2 * PATIENCE)
            return
        if figures is None:
            self._missed = min(self._missed + 1, 2 * PATIENCE)
            self._absent += 1
            return
        self._seen = True
        self._missed = 0
        self._gate.observe(self._signal(figures, self._clock() - started))

    def _signal(self, figures: LoadFigures, age_s: float) -> LoadSignal:
        return LoadSignal(
            kv_use=figures.kv_use,
            queued=figures.queued,
            preemptions=self._new_preemptions(figures.preemptions),
            age_s=age_s,
            saturated=self._gate.saturated,
        )

    def _new_preemptions(self, total: int | None) -> int | None:
        before, self._preemptions = self._preemptions, total
        if total is None or before is None:
            return None
        # A lower count is that of a server that started anew.
        return total - before if total >= before else total

    def _say(self, what: str) -> None:
        if not self._noticed:
            self._noticed = True
            self._notice(f"{self._name}: {what}; the number of requests in flight is steered by its errors")
