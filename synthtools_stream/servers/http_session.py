"""The HTTP session that the endpoints of a run share: its time-outs, its sockets, its headers.

No cap on connections, since the gate is the cap. Idle sockets are dropped after three seconds, because vLLM closes them
after five and a request on a socket that is just being closed is lost. Every phase has a finite time-out.
"""

from __future__ import annotations

import resource
from contextlib import suppress
from dataclasses import dataclass

import aiohttp

__all__ = ["HttpTimeouts", "client_timeout", "open_session"]

MAX_SOCKETS = 1 << 16
"""Open files that this process asks for at most: a socket for each request in flight, and some."""
KEEPALIVE_S = 3.0
"""Seconds that an idle connection is kept: less than the five after which vLLM closes it under a request."""
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": "synthtools-stream",
}
"""All that aiohttp would add by itself; it is quicker to say it than to have it left out."""


@dataclass(frozen=True)
class HttpTimeouts:
    """How long each phase of a request may take."""

    connect_s: float = 10.0
    """Until there is a connection."""
    reply_s: float = 600.0
    """Until the whole reply is there."""


def client_timeout(timeouts: HttpTimeouts, reply_s: float | None = None) -> aiohttp.ClientTimeout:
    """Return the time-outs as aiohttp takes them, with another time for the reply if one is given.

    A time-out for each piece of an answer would be one more timer to set: nearly all of the time nothing comes at all.
    """
    total = timeouts.reply_s if reply_s is None else reply_s
    return aiohttp.ClientTimeout(total=total, connect=None, sock_connect=timeouts.connect_s, sock_read=None)


def open_session(timeouts: HttpTimeouts) -> aiohttp.ClientSession:
    """Open a session that several endpoints can share; call it within the event loop.

    Sockets are files, and many systems allow a process no more than 1,024 unless it asks.
    """
    _allow_sockets()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_S, ttl_dns_cache=60),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=client_timeout(timeouts),
        headers=HEADERS,
    )


def _allow_sockets() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_SOCKETS if hard == resource.RLIM_INFINITY else min(MAX_SOCKETS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # fewer do as well: the gate's limit then follows what there are
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
