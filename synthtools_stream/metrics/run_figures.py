"""Everything that the figures of a run are read from, and the one count that nobody else keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from queues import AdmissionGate
from synthtools_stream.config import Prices
from synthtools_stream.engine.progress import LagMonitor, Meter, StageView
from synthtools_stream.storage.journal.outcome import Outcome

__all__ = ["Endpoint", "OutcomeCounts", "RunFigures"]


class Endpoint(Protocol):
    """What answers, behind its gate."""

    @property
    def name(self) -> str:
        """Its address or name."""
        ...

    @property
    def gate(self) -> AdmissionGate:
        """The gate, which several endpoints of one address share."""
        ...

    @property
    def outcomes(self) -> Mapping[tuple[str, str], int]:
        """Requests that ended, by role and by how."""
        ...


@dataclass
class OutcomeCounts:
    """Counts how items left their stages in this session; subscribe `take` to the journal."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    """By stage, kind and reason, which is empty for what was done."""

    def take(self, outcome: Outcome) -> None:
        """Count one."""
        self.counts[outcome.stage, outcome.kind.value, outcome.reason] += 1


@dataclass(frozen=True)
class RunFigures:
    """What moves in a run."""

    views: Sequence[StageView]
    endpoints: Sequence[Endpoint]
    meter: Meter
    outcomes: OutcomeCounts
    lag: LagMonitor
    prices: Prices
    retries: Callable[[], int]
    waiting: Callable[[], bool]
    """Whether the run waits because no server is there."""
