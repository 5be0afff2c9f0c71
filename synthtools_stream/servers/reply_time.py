"""How long one server may take for a reply: a time that was too short for it grows, so that slow is not away.

The time is the server's and not one request's: a server that took longer once will again, and each request that had to
find that out would cost it the whole first time. It doubles from what the user sets up to `LONGEST` times that. Many
requests that ran out of the same time make it grow once.
"""

from __future__ import annotations

import aiohttp

from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.errors import TimedOut
from synthtools_stream.servers.http_session import HttpTimeouts, client_timeout

__all__ = ["LONGEST", "ReplyTime"]

LONGEST = 4
"""Times the user's time-out that a reply may take at most: what takes longer is hung more often than slow."""


class ReplyTime:
    """The time that requests to one server are given."""

    def __init__(self, timeouts: HttpTimeouts, *, grows: bool) -> None:
        """Begin with what `timeouts` say; stay there unless it `grows`."""
        self._timeouts = timeouts
        self._given_s = timeouts.reply_s
        self._longest_s = timeouts.reply_s * (LONGEST if grows else 1)
        self.given = client_timeout(timeouts)
        """What a request that is sent now is given."""

    def ran_out(self, root: str, request: ChatRequest, given: aiohttp.ClientTimeout) -> tuple[TimedOut, bool]:
        """Return the fault of a request that ran out of `given`, and whether those after it are given more."""
        given_s = given.total or self._given_s
        grown = given_s == self._given_s < self._longest_s
        if grown:
            self._given_s = min(2 * given_s, self._longest_s)
            self.given = client_timeout(self._timeouts, self._given_s)
        role = request.schema_name or request.stage or "chat"
        told = f"timed out after {given_s:g} s while generating at most {request.sampling.max_tokens} tokens ({role})"
        return TimedOut(f"{root}: {told}", after_s=given_s, longest=given_s >= self._longest_s), grown
