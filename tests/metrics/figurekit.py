"""Figures of a small run that stands still, for tests of how they are told."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from queues import AdmissionGate, ChannelStatistics
from synthtools_stream.chat.language_model import Usage
from synthtools_stream.config import Prices
from synthtools_stream.engine.progress import LagMonitor, Meter
from synthtools_stream.metrics.run_figures import OutcomeCounts, RunFigures


@dataclass
class StillPool:
    """A pool with two items in work and three before it."""

    name: str = "generation.tool"
    group: str = "generation"

    def running(self) -> int:
        """Items in work."""
        return 2

    def settled(self) -> int:
        """Items that left."""
        return 7

    def inbox(self) -> ChannelStatistics:
        """The channel before it."""
        return ChannelStatistics("tools", 64, 3, 10, 7, 0.0, 0.0, 0, 0)


@dataclass
class StillEndpoint:
    """An endpoint that has answered five requests."""

    name: str = "http://127.0.0.1:8000"
    gate: AdmissionGate = field(default_factory=lambda: AdmissionGate(8, stages=("generation",)))
    outcomes: Counter[tuple[str, str]] = field(default_factory=lambda: Counter({("tool", "answered"): 5}))


def figures() -> RunFigures:
    """Return the figures."""
    meter = Meter()
    meter.on_reply("generation", "tool", Usage(100, 20, 60), from_log=False, latency_s=1.0)
    meter.on_reply("generation", "tool", Usage(100, 20, 60), from_log=True, latency_s=0.0)
    return RunFigures(
        [StillPool()],
        [StillEndpoint()],
        meter,
        OutcomeCounts(),
        LagMonitor(),
        Prices(prompt=10.0, completion=20.0, currency="EUR"),
        lambda: 4,
        lambda: False,
    )
