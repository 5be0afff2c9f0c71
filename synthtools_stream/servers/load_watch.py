"""Watch an endpoint's own load figures and tell its gate.

Every second `LoadWatch` reads the figures and hands the gate what changed. Figures come from anything that can be
read: `metrics_reader` reads vLLM's names from a server's `/metrics`; an engine in our process can be read directly.
Where there are no figures, or none any more, the watch says so once and the gate goes on by the outcomes of its
requests alone; a watch that has seen figures keeps looking, ever less often, since servers restart.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from queues import AdmissionGate, LoadSignal
from synthtools_stream.errors import TransportError

__all__ = [
    "LoadFigures",
    "LoadWatch",
    "PageSource",
    "Sample",
    "has_figures",
    "metrics_reader",
    "read_figures",
    "read_samples",
]

PATIENCE = 3
"""Looks without figures in a row until the user is told: one or two are a restart, or a busy second."""
MAX_INTERVAL_S = 30.0
"""Seconds between two looks at most, however long the figures have been missing: servers come back."""
MAX_COUNT = 1e15
"""Figures above this are cut to it: what a server says may be any number, and ours must fit into integers."""

KV_USE = ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc")
QUEUED_BY_REASON = "vllm:num_requests_waiting_by_reason"
QUEUED = "vllm:num_requests_waiting"
PREEMPTIONS = ("vllm:num_preemptions_total", "vllm:num_preemptions")
OTHERS_QUEUED = (
    "sglang:num_queue_reqs",
    "llamacpp:requests_deferred",
    "tgi_queue_size",
    "nv_inference_pending_request_count",
)
"""What waits in SGLang, llama.cpp, TGI and Triton."""
RUNNING = (
    "vllm:num_requests_running",
    "sglang:num_running_reqs",
    "llamacpp:requests_processing",
    "tgi_batch_current_size",
)
"""What is being answered now; Triton does not tell."""
OTHERS_KV_USE = ("sglang:token_usage", "llamacpp:kv_cache_usage_ratio")
FAMILIES = ("vllm:", "sglang:", "llamacpp:", "tgi_", "nv_inference_")
WANTED = (*KV_USE, *OTHERS_KV_USE, QUEUED_BY_REASON, QUEUED, *OTHERS_QUEUED, *PREEMPTIONS, *RUNNING)

_SAMPLE = re.compile(r'([A-Za-z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s*(\S+)')
_LABEL = re.compile(r'(\w+)\s*=\s*"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")


class LoadFigures(NamedTuple):
    """What a server says of itself now; None is unknown."""

    kv_use: float | None = None
    """The used part of the KV cache, 0 to 1; of the fullest engine."""
    queued: int | None = None
    """Requests that wait for capacity, in all engines."""
    preemptions: int | None = None
    """Preemptions since the server started."""
    running: int | None = None
    """Requests that are being answered, in all engines."""


class Sample(NamedTuple):
    """One sample of a Prometheus text."""

    name: str
    labels: Mapping[str, str]
    value: float


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


def read_samples(text: str, wanted: tuple[str, ...]) -> Iterator[Sample]:
    """Yield the samples whose name is `wanted`; what is no sample, or no finite number, is skipped."""
    for line in text.splitlines():
        if not line.startswith(wanted):
            continue
        found = _SAMPLE.match(line)
        if found is None or found[1] not in wanted:
            continue
        try:
            value = float(found[3])
        except ValueError:
            continue
        if math.isfinite(value):
            yield Sample(found[1], _labels(found[2] or ""), value)


def _labels(text: str) -> dict[str, str]:
    def plain(escaped: re.Match[str]) -> str:
        return "\n" if escaped[1] == "n" else escaped[1]

    return {name: _ESCAPE.sub(plain, value) for name, value in _LABEL.findall(text)}


def read_figures(text: str) -> LoadFigures | None:
    """Return what the text under a server's `/metrics` says of its load; None if nothing."""
    samples = list(read_samples(text, WANTED))
    kv_uses = [min(max(sample.value, 0.0), 1.0) for sample in samples if sample.name in (*KV_USE, *OTHERS_KV_USE)]
    by_reason = [sample for sample in samples if sample.name == QUEUED_BY_REASON]
    # Requests that wait for a LoRA slot or a KV transfer are no sign of load.
    short = [sample.value for sample in by_reason if sample.labels.get("reason") == "capacity"]
    waiting = short if by_reason else [sample.value for sample in samples if sample.name in (QUEUED, *OTHERS_QUEUED)]
    preempted = [sample.value for sample in samples if sample.name in PREEMPTIONS]
    figures = LoadFigures(max(kv_uses, default=None), _total(waiting), _total(preempted))
    if all(figure is None for figure in figures):
        return None
    return figures._replace(running=_total([sample.value for sample in samples if sample.name in RUNNING]))


def has_figures(text: str) -> bool:
    """Return whether a server's `/metrics` are of a kind that we read."""
    return any(family in text for family in FAMILIES)


def _total(values: list[float]) -> int | None:
    return int(min(max(sum(values), 0.0), MAX_COUNT)) if values else None


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
            running=figures.running,
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
