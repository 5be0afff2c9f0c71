"""When a server ends: at the first SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["stop_signals"]


@contextmanager
def stop_signals() -> Generator[asyncio.Event]:
    """Yield an event that SIGINT and SIGTERM set, for as long as the block runs."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    watched = (signal.SIGINT, signal.SIGTERM)
    for number in watched:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in watched:
            loop.remove_signal_handler(number)
