"""One model in front of several endpoints: chooses one, and is the only place where anything is retried.

* **Choice.** Requests of one session go to the same endpoint, where their common prefix is in the cache, while it has
  room (`endpoint_choice`); requests without a session go to the least loaded.
* **Retries.** After a TransportError, elsewhere if possible: at once, when it was the endpoint's fault and another has
  not been tried; else after a wait (`retry_policy` says how long). The wait holds no slot: the gates are inside the
  endpoints.
* **Leaving.** An endpoint that has another model, or refuses the key, is left out from then on; one line says so. Only
  when it is the last one does the run stop.
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
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from synthtools_stream.chat.language_model import ChatReply, ChatRequest, EmptyAnswer, LanguageModel
from synthtools_stream.errors import BackendGone, Rejection, TimedOut, TransportError, UnreadableAnswer
from synthtools_stream.servers.endpoint_choice import Seat, Seats
from synthtools_stream.servers.retry_policy import RetryPolicy

__all__ = ["Balancer"]


class _Tries:
    """The sends of one request so far."""

    def __init__(self, now: float) -> None:
        self.begun = self.started = self.failed_at = now
        self.last: TransportError | None = None
        self.seats: list[Seat] = []
        """Where it failed, each once, the last one last."""
        self.sends = self.attempts = self.empty = 0
        self.grows = False
        """Whether the endpoint gives it more time from now on."""

    def failed(self, seat: Seat, error: TransportError, now: float, *, outage: bool) -> None:
        """Note a send that failed."""
        self.last = error
        self.seats = [*(other for other in self.seats if other is not seat), seat]
        self.sends += 1
        self.empty += isinstance(error, EmptyAnswer)
        self.attempts += not outage
        if isinstance(error, TimedOut) and not error.longest:
            self.grows = True
            self.started += error.after_s  # that it was too short a time is nobody's absence
        self.failed_at = now


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
        self._policy = policy or RetryPolicy()
        self._seats = Seats(endpoints, self._policy, clock)
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
        return self._seats.all[0].endpoint.model

    @property
    def waiting(self) -> bool:
        """Whether no server has been there to answer for a while, so that the run stands still."""
        return self._waiting

    def add(self, endpoint: LanguageModel) -> None:
        """Take in one more endpoint, which was not there at the start."""
        self._seats.add(endpoint)

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer one request, trying again as the policy says.

        :raises TransportError: when the request's attempts or its time are used up.
        :raises BackendGone: when no endpoint has answered anything for half of that time, or nothing of any use; when
            the last one has another model or refuses the key.
        """
        tries = _Tries(self._clock())
        while True:
            seat = self._seats.choose(request.session, tries.seats)
            if seat is None:
                self._tell_wait(tries.last)
                delay = self._until_free()
            else:
                self.retries += tries.sends > 0
                try:
                    return await self._send(seat, request)
                except BackendGone as error:
                    self._leave(seat, error)
                    delay = 0.0
                except TransportError as error:
                    tries.failed(seat, error, self._clock(), outage=self._is_outage(error, tries.failed_at))
                    if isinstance(error, EmptyAnswer) and tries.empty >= self._policy.max_empty:
                        return error.reply
                    elsewhere = self._seats.has_other(tries.seats)
                    delay = self._policy.wait_s(tries.sends, error, self._rng, elsewhere=elsewhere)
            late = self._clock() - tries.started + delay > self._policy.max_elapsed_s
            if tries.attempts >= self._policy.max_attempts or (late and not tries.grows):
                raise self._given_up(request, tries) from tries.last
            tries.grows = False
            await self._sleep(delay)

    async def aclose(self) -> None:
        """Close every endpoint."""
        for seat in self._seats.all:
            await seat.endpoint.aclose()

    async def _send(self, seat: Seat, request: ChatRequest) -> ChatReply:
        trial = seat.on_trial = seat.failures >= self._policy.failures_to_set_aside
        seat.in_flight += 1
        sent_at = self._clock()
        try:
            reply = await seat.endpoint.chat(self._addressed(seat, request))
        except (Rejection, EmptyAnswer):
            self._answered(seat, sent_at)
            raise
        except TransportError as error:
            self._failed(seat, error)
            raise
        else:
            self._answered(seat, sent_at)
            return reply
        finally:
            seat.in_flight -= 1
            if trial:
                seat.on_trial = False

    def _addressed(self, seat: Seat, request: ChatRequest) -> ChatRequest:
        name = seat.endpoint.model
        return request if request.model == name else replace(request, model=name)

    def _leave(self, seat: Seat, error: BackendGone) -> None:
        """Send nothing more to an endpoint that no patience mends, unless nobody else is left."""
        others = len([other for other in self._seats.staying if other is not seat])
        if not others:
            raise error
        if not seat.gone:
            seat.gone = True
            self._notice(f"{error}; it is left out, the run goes on with {others} other{'s' if others > 1 else ''}")

    def _answered(self, seat: Seat, sent_at: float) -> None:
        seat.answered(sent_at)
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
        at_work = any(seat.in_flight and not seat.failures for seat in self._seats.staying)  # slow is not away
        if self._waiting or self._away_since is None or error is None or at_work:
            return
        away_s = self._clock() - self._away_since
        if away_s >= (self._policy.away_s if error.unreachable else self._policy.busy_s):
            self._waiting = True
            self._notice(f"no answer for {away_s:.0f} s ({error}); waiting, the run goes on by itself")

    def _failed(self, seat: Seat, error: TransportError) -> None:
        if isinstance(error, UnreadableAnswer):
            self._there()
        elif not error.overloaded:  # load is the gate's affair
            seat.failed(error, self._policy, self._clock())

    def _until_free(self) -> float:
        spread = self._rng.uniform(self._policy.min_delay_s, 2 * self._policy.min_delay_s)
        return self._seats.until_free_s() + spread

    def _given_up(self, request: ChatRequest, tries: _Tries) -> TransportError | BackendGone:
        last, sends, begun = tries.last, tries.sends, tries.begun
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
