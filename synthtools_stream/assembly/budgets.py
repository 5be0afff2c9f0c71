"""Budgets: when a run starts nothing new any more, so that what is under way drains and the run ends well.

Tokens and money count what all sessions of the run spent; a deadline belongs to the session. What came from the log
costs nothing again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from synthtools_stream.chat.language_model import Usage
from synthtools_stream.config import Operating
from synthtools_stream.values.durations import seconds_until

__all__ = ["Budgets"]


class Budgets:
    """Closes the source once one of the limits is reached."""

    def __init__(self, operating: Operating, close: Callable[[], None], notice: Callable[[str], None]) -> None:
        """`close` starts nothing new any more.

        :raises ConfigError: for a deadline that cannot be read.
        """
        self._limits = operating
        self._close = close
        self._notice = notice
        self._prompt = self._completion = 0
        self._closed = False
        self.out_of_time = False
        """Whether the deadline ended the session: the same command then has more to do."""
        self._seconds = None if operating.deadline is None else seconds_until(operating.deadline, datetime.now(UTC))

    @property
    def cost(self) -> float:
        """What the run has cost so far, all sessions together."""
        prices = self._limits.prices
        return (self._prompt * prices.prompt + self._completion * prices.completion) / 1e6

    def spend(self, usage: Usage) -> None:
        """Count the tokens of a reply, or of everything that earlier sessions spent."""
        self._prompt += usage.prompt_tokens
        self._completion += usage.completion_tokens
        limits = self._limits
        if limits.token_budget is not None and self._prompt + self._completion >= limits.token_budget:
            self._end(f"the token budget of {limits.token_budget:,} is spent")
        if limits.max_cost is not None and self.cost >= limits.max_cost:
            self._end(f"the budget of {limits.max_cost:,.2f} {limits.prices.currency} is spent")

    async def watch(self) -> None:
        """Wait for the deadline, if there is one."""
        if self._seconds is not None:
            await asyncio.sleep(self._seconds)
            self.out_of_time = True
            self._end(f"the deadline ({self._limits.deadline}) has passed")

    def _end(self, why: str) -> None:
        if not self._closed:
            self._closed = True
            self._notice(f"{why}: starting nothing new, finishing what is under way")
            self._close()
