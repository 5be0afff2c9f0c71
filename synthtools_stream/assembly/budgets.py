"""Budgets: when a session sends nothing more, so that it ends near what it may cost and on time.

Tokens and money count what all sessions of the run spent; a deadline belongs to the session. What came from the log
costs nothing again. Once a budget is reached, or will be by what is in flight, no request is sent any more, at whatever
stage; what is in flight is finished and kept, and what is open stays open for a run that may spend more.

So that a budget is spent on tasks and not on the beginnings of many, `affords` tells beforehand whether what is begun
can still be paid for to its end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import anyio

from queues import AdmissionGate
from synthtools_stream.assembly.last_requests import last_requests
from synthtools_stream.chat.language_model import Usage
from synthtools_stream.config import Content, RunConfig
from synthtools_stream.values.durations import seconds_until

__all__ = ["BudgetReached", "Budgets", "Deadline"]

ENVIRONMENT = Usage(400_000, 25_000)
"""What an environment usually costs before its first sequence, as the embedded model counts: mostly its audits."""
SEQUENCE = Usage(52_000, 3_000)
"""What a sequence usually costs from there until it is a proven task."""
ATTEMPT = Usage(15_000, 300)
"""What an attempt at a task usually costs."""
PRIOR_TASKS = 16
"""Tasks that must be made for their own cost to count as much as the usual one."""
KNOWN_REPLIES = 16
"""Replies after which what one costs on average is known well enough to foretell those in flight."""


class BudgetReached(Exception):
    """A budget is spent, or the deadline has passed: the session ends as planned."""


class Deadline:
    """When a session ends, if it has an end; a span counts from now."""

    def __init__(
        self, text: str | None, *, now: datetime | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Read a deadline.

        :raises ConfigError: where it cannot be read.
        """
        self.text = text
        self._clock = clock
        self._end = None if text is None else clock() + seconds_until(text, now or datetime.now(UTC))

    @property
    def left_s(self) -> float | None:
        """Seconds left, 0 when it has passed; None without one."""
        return None if self._end is None else max(0.0, self._end - self._clock())


class Budgets:
    """Watches what a run spends, and ends the session when it may spend no more."""

    def __init__(
        self, config: RunConfig, deadline: Deadline, gates: Sequence[AdmissionGate], notice: Callable[[str], None]
    ) -> None:
        """`gates` are all that requests pass; `notice` is told, once, why the session ends."""
        self._limits = config.operating
        self._usual = self._share(_usual_task(config.content))
        self._deadline = deadline
        self._gates = gates
        self._notice = notice
        self._before = Usage()
        self._spent = Usage()
        self._replies = 0
        self._reached = asyncio.Event()
        self._bounded = not (self._limits.token_budget is None and self._limits.max_cost is None)
        self.out_of_time = False
        """Whether the deadline ended the session: the same command then has more to do."""

    @property
    def cost(self) -> float:
        """What the run has cost so far, all sessions together."""
        return self._cost(self._before + self._spent)

    def spent_before(self, usage: Usage) -> None:
        """Count everything that earlier sessions spent."""
        self._before += usage
        self._check(self._before)

    def spend(self, usage: Usage) -> None:
        """Count the tokens of a reply."""
        self._spent += usage
        self._replies += 1
        if self._bounded:
            self._check(self._before + self._spent + self._in_flight())

    def affords(self, made: float, under_way: float) -> bool:
        """Tell whether what is begun, and is to be begun, can be paid for to its end.

        `made` is how many tasks the run has brought to their end, `under_way` how many are expected of the rest.
        """
        prior, spent = PRIOR_TASKS * self._usual, self._share(self._before + self._spent)
        # Of what is under way half is paid already, on average; at the beginning nothing is, and the usual cost counts.
        each = max((prior + spent) / (PRIOR_TASKS + made + under_way / 2), prior / (PRIOR_TASKS + made))
        return (made + under_way) * each <= 1

    async def watch(self) -> None:
        """Wait until a budget is reached or the deadline has passed, then for the requests in flight.

        :raises BudgetReached: then, always.
        """
        if not await self._reached_within(self._deadline.left_s):
            self.out_of_time = True
            self._end(f"the deadline ({self._deadline.text}) has passed")
        await last_requests(self._gates, self._limits.grace, anyio.CancelScope())
        raise BudgetReached

    async def _reached_within(self, seconds: float | None) -> bool:
        if seconds == 0:  # not even a turn of the loop, in which others would send something
            return self._reached.is_set()
        try:
            async with asyncio.timeout(seconds):
                return await self._reached.wait()
        except TimeoutError:
            return False

    def _check(self, spent: Usage) -> None:
        limits = self._limits
        if limits.token_budget is not None and spent.prompt_tokens + spent.completion_tokens >= limits.token_budget:
            self._end(f"the token budget of {limits.token_budget:,} is spent")
        if limits.max_cost is not None and self._cost(spent) >= limits.max_cost:
            self._end(f"the budget of {limits.max_cost:,.2f} {limits.prices.currency} is spent")

    def _end(self, why: str) -> None:
        if not self._reached.is_set():
            self._reached.set()
            self._notice(f"{why}: sending nothing new, finishing the requests in flight")
            for gate in self._gates:
                gate.close()

    def _in_flight(self) -> Usage:
        """Foretell what the requests in flight will cost; nothing while that is not known."""
        if self._replies < KNOWN_REPLIES:
            return Usage()
        return _times(self._spent, sum(gate.in_flight for gate in self._gates) / self._replies)

    def _cost(self, usage: Usage) -> float:
        prices = self._limits.prices
        return (usage.prompt_tokens * prices.prompt + usage.completion_tokens * prices.completion) / 1e6

    def _share(self, usage: Usage) -> float:
        """Return which part of the tightest budget that is; 0 without one."""
        limits = self._limits
        tokens = usage.prompt_tokens + usage.completion_tokens
        of_tokens = 0.0 if limits.token_budget is None else tokens / limits.token_budget
        return max(of_tokens, 0.0 if limits.max_cost is None else self._cost(usage) / limits.max_cost)


def _usual_task(content: Content) -> Usage:
    """Return what a task usually costs, from where the run starts to the end of its attempts."""
    usual = _times(ATTEMPT, content.rollouts)
    if content.start != "tasks":
        usual += SEQUENCE
    if content.start in ("fields", "environments"):
        usual += _times(ENVIRONMENT, 1 / content.sequences)
    return usual


def _times(usage: Usage, factor: float) -> Usage:
    return Usage(round(usage.prompt_tokens * factor), round(usage.completion_tokens * factor))
