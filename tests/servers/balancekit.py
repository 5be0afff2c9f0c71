"""What tests of the balancer share: faults, a small request, and a clock that sleeping moves."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from synthtools_stream.chat.language_model import ChatRequest, LanguageModel, Message, Sampling
from synthtools_stream.errors import TransportError
from synthtools_stream.servers.balancer import Balancer
from synthtools_stream.servers.retry_policy import RetryPolicy

BUSY = TransportError("busy", overloaded=True)
REFUSED = TransportError("connection refused")
BROKEN = TransportError("broken")
AWAY = TransportError("cannot connect", unreachable=True)


def request(session: str = "", stage: str = "s") -> ChatRequest:
    """Return a small request."""
    return ChatRequest("scripted", (Message("user", "u"),), Sampling(), 1, stage=stage, session=session)


class Time:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Move the clock on."""
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def balance(endpoints: Sequence[LanguageModel], time: Time, policy: RetryPolicy | None = None) -> Balancer:
    """Balance over endpoints in made-up time."""
    return Balancer(endpoints, policy, sleep=time.sleep, rng=random.Random(1), clock=time)
