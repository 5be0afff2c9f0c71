"""How loaded the engine in our process is, for a gate that adapts to it.

It listens where vLLM's own loggers do. vLLM says that this interface may change with any version; what it no longer
tells is then 0, and nothing else fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["LoadMeter", "VllmLoad"]


class VllmLoad(NamedTuple):
    """What the engine last said of itself, summed over its replicas where there are several."""

    running: int = 0
    waiting: int = 0
    """Requests that wait inside the engine for room in its batch."""
    kv_use: float = 0.0
    """The used part of the KV cache, 0 to 1; of the fullest replica."""
    preemptions: int = 0
    """Requests that were put back for want of memory, since the engine was opened."""
    prompt_tokens: int = 0
    """Prompt tokens looked up in the prefix cache, since the engine was opened."""
    cached_tokens: int = 0
    """Those of them that were found there."""
    age_s: float = 0.0
    """How long ago the engine said so; an idle engine says nothing."""


class LoadMeter:
    """Keeps the last figures of every replica."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock()
        self._now: dict[int, VllmLoad] = {}
        self._preemptions = 0
        self._prompt_tokens = 0
        self._cached_tokens = 0

    def listener(self, _config: object, _replica: int = 0) -> LoadListener:
        """Return what vLLM takes for a logger of one replica."""
        return LoadListener(self)

    @property
    def heard(self) -> bool:
        """Whether the engine has told anything yet."""
        return bool(self._now)

    def note(self, replica: int, scheduler: object | None, iteration: object | None) -> None:
        """Take in what the engine tells after each of its steps."""
        self._preemptions += int(_figure(iteration, "num_preempted_reqs"))
        if scheduler is None:
            return
        self._at = self._clock()
        cache: object = getattr(scheduler, "prefix_cache_stats", None)
        self._prompt_tokens += int(_figure(cache, "queries"))
        self._cached_tokens += int(_figure(cache, "hits"))
        self._now[replica] = VllmLoad(
            running=int(_figure(scheduler, "num_running_reqs")),
            waiting=int(_figure(scheduler, "num_waiting_reqs")),
            kv_use=_figure(scheduler, "kv_cache_usage"),
        )

    def read(self) -> VllmLoad:
        """Return the figures as they stand."""
        replicas = list(self._now.values())
        return VllmLoad(
            running=sum(replica.running for replica in replicas),
            waiting=sum(replica.waiting for replica in replicas),
            kv_use=max((replica.kv_use for replica in replicas), default=0.0),
            preemptions=self._preemptions,
            prompt_tokens=self._prompt_tokens,
            cached_tokens=self._cached_tokens,
            age_s=self._clock() - self._at,
        )


class LoadListener:
    """One replica's logger, as vLLM calls it."""

    def __init__(self, meter: LoadMeter) -> None:
        self._meter = meter

    def record(
        self,
        scheduler_stats: object | None,
        iteration_stats: object | None,
        mm_cache_stats: object | None = None,  # noqa: ARG002 - vLLM passes it by name
        engine_idx: int = 0,
    ) -> None:
        """Take in what vLLM reports after a step of the engine."""
        self._meter.note(engine_idx, scheduler_stats, iteration_stats)

    def log_engine_initialized(self) -> None:
        """Print nothing, where vLLM's own loggers greet."""

    def log(self) -> None:
        """Print nothing: whoever wants the figures reads them."""

    def record_sleep_state(self, is_awake: int, level: int) -> None:
        """Our engines do not sleep."""


def _figure(source: object | None, name: str) -> float:
    value: object = getattr(source, name, 0)
    return value if isinstance(value, int | float) else 0
