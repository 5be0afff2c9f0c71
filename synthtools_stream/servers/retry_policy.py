"""How long to keep trying, and how long to wait between two sends of one request.

The wait is drawn at random from a range that doubles with each send, up to a cap: a server that went down for all at
once is not asked by all at once when it comes back. It is never shorter than the server asked for.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from synthtools_stream.errors import TransportError, UnreadableAnswer

__all__ = ["RetryPolicy"]

MOST_DOUBLINGS = 32
"""Doublings of the first wait at most: every cap is reached long before, and no number grows without end."""


@dataclass(frozen=True)
class RetryPolicy:
    """How long to keep trying."""

    max_attempts: int = 8
    """Sends of one request, those into an outage not counted."""
    max_empty: int = 7
    """Empty answers in all until one is taken for what the model has to say.

    Where one answer in five is lost that way, five in a row befall some request of every small run; seven hardly any.
    """
    useless_in_a_row: int = 3
    """Different requests, given up in a row for answers that cannot be read or take too long, until it is no odd
    request but the server: each of them was tried `max_attempts` times already."""
    max_elapsed_s: float = 900.0
    """Time from a request's first send to its last."""
    min_delay_s: float = 0.5
    """Shortest wait between two sends."""
    max_delay_s: float = 30.0
    """Longest wait, where somebody is there to answer and does not ask for more."""
    failures_to_set_aside: int = 3
    """Failures in a row, overload not counted."""
    max_aside_s: float = 60.0
    """Longest time for which an endpoint that answers wrongly gets no requests."""
    max_absence_s: float = 5.0
    """Longest wait for a server that nobody can connect to: asking whether it is back costs next to nothing."""
    away_s: float = 3.0
    """Time without an answer from anybody until the user is told that the run waits."""
    busy_s: float = 30.0
    """The same while servers do answer, but only that they are busy."""
    hasty_sends: int = 2
    """Sends after which a request goes to another endpoint without any wait: one that breaks its servers must not run
    through all of them."""
    overload_factor: float = 1.25
    """How much more than its share an endpoint may hold before a session moves on."""

    def wait_s(self, sends: int, error: TransportError, rng: random.Random, *, elsewhere: bool = False) -> float:
        """Return how long to wait after so many sends, the last of which failed with `error`.

        `elsewhere` says that the next one goes to an endpoint that has not failed the request yet: what the one asks
        for is not the other's wish, and where the one was broken, there is nothing to wait for.
        """
        low = self.min_delay_s
        if elsewhere and not error.overloaded and sends <= self.hasty_sends:
            return 0.0
        if isinstance(error, UnreadableAnswer):
            return rng.uniform(low, 2 * low)  # somebody answers: waiting makes no answer better
        longest = self.max_absence_s if error.unreachable else self.max_delay_s
        delay = rng.uniform(low, min(longest, low * 2 ** min(sends, MOST_DOUBLINGS)))
        if error.retry_after_s is None or elsewhere:
            return delay
        # Spread out those who were all told the same time.
        return max(delay, error.retry_after_s + rng.uniform(0.0, low))
