"""Which of several endpoints gets a request: the session's own one, unless it is away or holds more than its share.

Rendezvous hashing gives each session an order of all endpoints: requests of one session go to the first of them, where
their common prefix is in the cache. When that one is set aside, or full while another is not, the next in the session's
order takes its place, so that sessions of a lost endpoint spread over all others, and nobody else's move: an empty slot
costs more than a prefix. Where all are full, requests wait at home, while that holds no more than clearly its share.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Protocol, runtime_checkable

from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.errors import TransportError
from synthtools_stream.servers.retry_policy import RetryPolicy

__all__ = ["Seat", "Seats"]

_SESSIONS = 4096
"""Sessions whose order of endpoints is remembered: more than are alive at once."""
_SMALL = 4.0
"""Requests more than the share that are no imbalance."""


@runtime_checkable
class _Limited(Protocol):
    @property
    def limit(self) -> int: ...


class Seat:
    """An endpoint and how it has been doing."""

    def __init__(self, endpoint: LanguageModel) -> None:
        """Seat an endpoint that nothing is known of yet."""
        self.endpoint = endpoint
        self.in_flight = 0
        self.failures = 0
        self.failed_at = -math.inf
        self.aside_s = 0.0
        self.aside_until = 0.0
        self.on_trial = False
        self.gone = False
        """Whether it said something that no patience mends: another model, another key."""
        self._limited = endpoint if isinstance(endpoint, _Limited) else None

    @property
    def capacity(self) -> int:
        """Requests that it takes at once now."""
        return self._limited.limit if self._limited is not None else 1

    def answered(self, sent_at: float) -> None:
        """Note that it answers.

        What was sent before the last failure says nothing of now: a server that ends may finish what it has begun.
        """
        if sent_at < self.failed_at:
            return
        self.failures = 0
        self.aside_s = 0.0

    def failed(self, error: TransportError, policy: RetryPolicy, now: float) -> None:
        """Note a failure that was the endpoint's own; several in a row set it aside.

        What was in flight when it went fails together: that is one failure.
        """
        self.failed_at = now
        if now < self.aside_until:
            return
        self.failures += 1
        if self.failures >= policy.failures_to_set_aside:
            longest = policy.max_absence_s if error.unreachable else policy.max_aside_s
            self.aside_s = min(max(2 * self.aside_s, 2 * policy.min_delay_s), longest)
            self.aside_until = now + self.aside_s


class Seats:
    """All endpoints, and the choice between them."""

    def __init__(self, endpoints: Sequence[LanguageModel], policy: RetryPolicy, clock: Callable[[], float]) -> None:
        """Seat the endpoints in the order in which they were named."""
        self.all = [Seat(endpoint) for endpoint in endpoints]
        self._policy = policy
        self._clock = clock

    def add(self, endpoint: LanguageModel) -> None:
        """Seat one more, whose share of the sessions moves there."""
        self.all.append(Seat(endpoint))

    @property
    def staying(self) -> Sequence[Seat]:
        """Those that are not gone for good."""
        return [seat for seat in self.all if not seat.gone]

    def choose(self, session: str, avoid: Collection[Seat]) -> Seat | None:
        """Return the endpoint for a request of a session, if any gets requests now.

        Where another is to be had, it is none of `avoid`; else none but the last of them is avoided.
        """
        free = self._free()
        last = list(avoid)[-1:]
        seats = self._without(free, avoid) or self._without(free, last) or free
        if len(seats) <= 1:
            return seats[0] if seats else None
        if session:
            bound = self._bound(seats)
            among = set(seats)
            for index in _order(session, len(self.all)):
                seat = self.all[index]
                if seat in among and seat.in_flight + 1 <= max(_SMALL, bound * seat.capacity):
                    return seat
        return min(seats, key=lambda seat: seat.in_flight / seat.capacity)

    def has_other(self, than: Collection[Seat]) -> bool:
        """Say whether an endpoint gets requests that is none of these."""
        return bool(self._without(self._free(), than))

    def until_free_s(self) -> float:
        """Return how long the first of those that are set aside stays so."""
        return max(0.0, min(seat.aside_until for seat in self.staying) - self._clock())

    def _free(self) -> list[Seat]:
        now = self._clock()
        bar = self._policy.failures_to_set_aside
        return [
            seat
            for seat in self.all
            if not seat.gone and (seat.failures < bar or (now >= seat.aside_until and not seat.on_trial))
        ]

    def _without(self, seats: list[Seat], avoid: Collection[Seat]) -> list[Seat]:
        return [seat for seat in seats if seat not in avoid] if avoid else seats

    def _bound(self, seats: list[Seat]) -> float:
        """Return how much of its capacity an endpoint may hold: consistent hashing with bounded loads."""
        share = (1 + sum(seat.in_flight for seat in seats)) / sum(seat.capacity for seat in seats)
        any_free = any(seat.in_flight < seat.capacity for seat in seats)
        return min(1.0, self._policy.overload_factor * share) if any_free else self._policy.overload_factor * share


@lru_cache(maxsize=_SESSIONS)
def _order(session: str, count: int) -> tuple[int, ...]:
    def rank(index: int) -> bytes:
        return hashlib.blake2b(f"{index}\0{session}".encode(), digest_size=8).digest()

    return tuple(sorted(range(count), key=rank))
