"""The gates of a run, all of which know its stages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from queues import AdaptiveLimit, AdmissionGate
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.config import RunConfig

__all__ = ["Watch", "adaptive_gate", "fixed_gate"]

Watch: TypeAlias = Callable[[Callable[[str], None]], Awaitable[None]]
"""Watches a server's load while a run goes on; is given where to say a line to the user."""


def fixed_gate(config: RunConfig) -> AdmissionGate:
    """Return a gate that always takes as many as the user allows."""
    return AdmissionGate(config.operating.concurrency, stages=STAGES)


def adaptive_gate(config: RunConfig) -> AdmissionGate:
    """Return a gate that finds out how much its server takes, up to what the user allows."""
    policy = AdaptiveLimit()
    gate = AdmissionGate(config.operating.concurrency, stages=STAGES, policy=policy)
    gate.set_limit(*policy.start(gate.ceiling))
    return gate
