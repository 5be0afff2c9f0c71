"""What a gate is told of an endpoint's load, and who decides what that means for the limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

__all__ = ["FixedLimit", "LimitChange", "LimitDecision", "LimitPolicy", "LoadSignal"]


@dataclass(frozen=True)
class LoadSignal:
    """What was seen of an endpoint's load since the signal before; None is unknown."""

    answered: int = 0
    """Requests answered cleanly."""
    refused: int = 0
    """Requests that met 429, 503, 529 or a time-out."""
    kv_use: float | None = None
    """The used part of the server's KV cache, 0 to 1."""
    queued: int | None = None
    """Requests that wait inside the server for capacity."""
    preemptions: int | None = None
    """Requests that the server put back for want of memory."""
    running: int | None = None
    """Requests that the server works at."""
    age_s: float = 0.0
    """How old the server's own figures are."""
    saturated: bool = False
    """Whether the gate's limit held requests back (`AdmissionGate.saturated`)."""
    since: float | None = None
    """When the request that was answered or refused was admitted (`AdmissionGate.slot`), by the gate's clock."""
    at: float | None = field(default=None, compare=False)
    """When this was seen, by the gate's clock; the gate fills it in."""
    in_flight: int | None = field(default=None, compare=False)
    """Requests in flight then; the gate fills it in."""


class LimitDecision(NamedTuple):
    """A new limit, and the reason that progress lines tell."""

    limit: int
    reason: str


class LimitPolicy(Protocol):
    """Decides what a load signal means for the limit."""

    def decide(self, signal: LoadSignal, limit: int, ceiling: int, /) -> LimitDecision | None:
        """Return the new limit, or None to leave it as it is."""
        ...


class FixedLimit:
    """Leaves the limit as it is, whatever the load."""

    def decide(self, _signal: LoadSignal, _limit: int, _ceiling: int, /) -> LimitDecision | None:
        """Return None: there is nothing to decide."""
        return None


class LimitChange(NamedTuple):
    """One change of the limit."""

    at: float
    limit: int
    reason: str
