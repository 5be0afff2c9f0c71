"""One model in front of several endpoints: chooses one, and is the only place where anything is retried.

* **Choice.** Requests of one session go to the same endpoint (rendezvous hashing), where their common prefix is in the
  cache, unless it holds clearly more than its share; then to the next in that session's order. Requests without a
  session go to the least loaded.
* **Retries.** After a TransportError, elsewhere if possible, after a wait (`retry_policy.py` says how long). The wait
  holds no slot, since the gates are inside the endpoints.
* **Setting aside.** An endpoint that failed several times in a row, load not being the reason, gets no requests for a
  while; then one is sent on trial, and only its success brings the others. While every endpoint is set aside, requests
  wait without using up their attempts, so a server that restarts costs no item.
* **Outages.** A failure that says "nobody there" or "not now", while nobody has been answered since the request last
  failed (or was first sent), is no attempt either: a server that is away for minutes costs time and no item. One line
  tells when the wait begins and one when it ends.
* **Useless answers.** One that cannot be read, or that took too long, is the answer's fault: it sets no endpoint aside
  and is no outage. A time-out that the endpoint makes longer is always tried again, and that time does not count.
* **End.** A request gives up after so many attempts or so much time. When no endpoint has answered anything for half of
  that time, the backend is gone, and the run stops where it can be resumed; likewise when several different requests in
  a row were given up for useless answers and nothing of use came between them.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, EmptyAnswer, LanguageModel
from synthtools_stream.errors import BackendGone, Rejection, TimedOut, TransportError, UnreadableAnswer
from synthtools_stream.servers.retry_policy import RetryPolicy

__all__ = ["Balancer"]


@runtime_checkable
class _Limited(Protocol):
    @property
    def limit(self) -> int: ...


class _Seat:
    """An endpoint and how it has been doing."""

    def __init__(self, endpoint: LanguageModel, index: int) -> None:
        self.endpoint = endpoint
        self.index = index
        self.in_flight = 0
        self.failures = 0
        self.aside_s = 0.0
        self.aside_until = 0.0
        self.on_trial = False
        self._limited = endpoint if isinstance(endpoint, _Limited) else None

    @property
    def capacity(self) -> int:
        return self._limited.limit if self._limited is not None else 1

    def rank(self, session: str) -> bytes:
        return hashlib.blake2b(f"{self.index}\0{session}".encode(), digest_size=8).digest()


class Balancer:
    """A LanguageModel over endpoints that serve the same model."""

    def __init__(
        self,
        endpoints: Sequence[LanguageModel],
        policy: RetryPolicy | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        rng: random.Random | None = None,
        clock: Callable[[], float] = time.monotonic,
        notice: Callable[[str], None] = lambda _line: None,
    ) -> None:
        """Balance over `endpoints`, at least one; `rng` decides waits only, never what is answered.

        `notice` is told, in one line each, when the wait for a server that is away begins and ends.
        """
        if not endpoints:
            raise ValueError("a balancer needs at least one endpoint")
        self._seats = [_Seat(endpoint, index) for index, endpoint in enumerate(endpoints)]
        self._policy = policy or RetryPolicy()
        self._sleep = sleep
        self._rng = rng or random.Random()
        self._clock = clock
        self._last_answer = clock()
        self._notice = notice
        self._away_since: float | None = None
        self._waiting = False
        self.retries = 0
        """Sends of requests beyond their first."""
        self._useless: set[int] = set()
        """Seeds of the requests that were given up for useless answers since the last good one."""

    @property
    def model(self) -> str:
        """Name of the model that answers."""
        return self._seats[0].endpoint.model

    @property
    def waiting(self) -> bool:
        """Whether no server has been there to answer for a while, so that the run stands still."""
        return self._waiting

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request, trying again as the policy says.

        :raises TransportError: when the request's attempts or its time are used up.
        :raises BackendGone: when no endpoint has answered anything for half of that time, or nothing of any use.
        """
        begun = started = failed_at = self._clock()
        last: TransportError | None = None
        avoid: _Seat | None = None
        sends = attempts = empty = 0
        while True:
            seat = self._choose(request.session, avoid)
            grows = False
            if seat is None:
                self._tell_wait(last)
                delay = self._until_free()
            else:
                sends += 1
                self.retries += sends > 1
                try:
                    return await self._send(seat, request)
                except TransportError as error:
                    last, avoid = error, seat
                    empty += isinstance(error, EmptyAnswer)
                    if isinstance(error, EmptyAnswer) and empty >= self._policy.max_empty:
                        return error.reply
                    attempts += not self._is_outage(error, failed_at)
                    if isinstance(error, TimedOut) and not error.longest:
                        grows = True
                        started += error.after_s  # that it was too short a time is nobody's absence
                    failed_at = self._clock()
                    delay = self._policy.wait_s(sends, error, self._rng)
            late = self._clock() - started + delay > self._policy.max_elapsed_s
            if attempts >= self._policy.max_attempts or (late and not grows):
                raise self._given_up(request, sends, begun, last) from last
            await self._sleep(delay)

    async def aclose(self) -> None:
        """Close every endpoint."""
        for seat in self._seats:
            await seat.endpoint.aclose()

    async def _send(self, seat: _Seat, request: ChatRequest) -> ChatReply:
        trial = seat.on_trial = seat.failures >= self._policy.failures_to_set_aside
        seat.in_flight += 1
        try:
            reply = await seat.endpoint.chat(self._addressed(seat, request))
        except (Rejection, EmptyAnswer):
            self._answered(seat)
            raise
        except TransportError as error:
            self._failed(seat, error)
            raise
        else:
            self._answered(seat)
            return reply
        finally:
            seat.in_flight -= 1
            if trial:
                seat.on_trial = False

    def _addressed(self, seat: _Seat, request: ChatRequest) -> ChatRequest:
        name = seat.endpoint.model
        return request if request.model == name else replace(request, model=name)

    def _answered(self, seat: _Seat) -> None:
        seat.failures = 0
        seat.aside_s = 0.0
        self._useless.clear()
        self._there()

    def _there(self) -> None:
        """Note that somebody answers, be it nothing of use."""
        self._last_answer = self._clock()
        if self._waiting and self._away_since is not None:
            self._notice(f"answered again after {self._last_answer - self._away_since:.0f} s; going on")
        self._away_since = None
        self._waiting = False

    def _is_outage(self, error: TransportError, since: float) -> bool:
        """Tell whether a failure is nobody's but the server's; tell the user when that has lasted for a while.

        That others were answered before the request last failed says nothing: its first send may be long ago.
        """
        if not (error.unreachable or error.overloaded) or isinstance(error, TimedOut) or self._last_answer > since:
            return False
        if self._away_since is None:
            self._away_since = self._clock()
        self._tell_wait(error)
        return True

    def _tell_wait(self, error: TransportError | None) -> None:
        at_work = any(seat.in_flight and not seat.failures for seat in self._seats)  # slow is not away
        if self._waiting or self._away_since is None or error is None or at_work:
            return
        away_s = self._clock() - self._away_since
        if away_s >= (self._policy.away_s if error.unreachable else self._policy.busy_s):
            self._waiting = True
            self._notice(f"no answer for {away_s:.0f} s ({error}); waiting, the run goes on by itself")

    def _failed(self, seat: _Seat, error: TransportError) -> None:
        now = self._clock()
        if isinstance(error, UnreadableAnswer):
            self._there()
            return
        # Load is the gate's affair. And what was in flight when the endpoint went fails together: that is one failure.
        if error.overloaded or now < seat.aside_until:
            return
        seat.failures += 1
        if seat.failures >= self._policy.failures_to_set_aside:
            longest = self._policy.max_absence_s if error.unreachable else self._policy.max_aside_s
            seat.aside_s = min(max(2 * seat.aside_s, 2 * self._policy.min_delay_s), longest)
            seat.aside_until = now + seat.aside_s

    def _available(self, seat: _Seat) -> bool:
        if seat.failures < self._policy.failures_to_set_aside:
            return True
        return self._clock() >= seat.aside_until and not seat.on_trial

    def _choose(self, session: str, avoid: _Seat | None) -> _Seat | None:
        seats = [seat for seat in self._seats if self._available(seat)]
        if avoid is not None and len(seats) > 1:
            seats = [seat for seat in seats if seat is not avoid]
        if len(seats) <= 1:
            return seats[0] if seats else None
        if session:
            seats.sort(key=lambda seat: seat.rank(session))
            roomy = [seat for seat in seats if self._within_share(seat, seats)]
            if roomy:
                return roomy[0]
        return min(seats, key=lambda seat: seat.in_flight / seat.capacity)

    def _within_share(self, seat: _Seat, seats: list[_Seat]) -> bool:
        """Consistent hashing with bounded loads; a few requests more than the share are no imbalance."""
        requests = 1 + sum(other.in_flight for other in seats)
        share = requests * seat.capacity / sum(other.capacity for other in seats)
        return seat.in_flight + 1 <= max(4.0, self._policy.overload_factor * share)

    def _until_free(self) -> float:
        first = min(seat.aside_until for seat in self._seats) - self._clock()
        return max(first, 0.0) + self._rng.uniform(self._policy.min_delay_s, 2 * self._policy.min_delay_s)

    def _given_up(
        self, request: ChatRequest, sends: int, begun: float, last: TransportError | None
    ) -> TransportError | BackendGone:
        why = str(last) if last is not None else "every endpoint is set aside"
        useless = isinstance(last, (UnreadableAnswer, TimedOut))
        if useless:
            self._useless.add(request.seed)
            if len(self._useless) >= self._policy.useless_in_a_row:
                return BackendGone(f"{len(self._useless)} different requests in a row, and no answer of use: {why}")
        silence = self._clock() - max(self._last_answer, begun)
        if silence >= self._policy.max_elapsed_s / 2 and not useless:
            return BackendGone(f"no endpoint answered for {silence:.0f} s: {why}")
        told = f"given up after {sends} {'time' if sends == 1 else 'times'} in {self._clock() - begun:.0f} s: {why}"
        return UnreadableAnswer(told) if isinstance(last, UnreadableAnswer) else TransportError(told)
