"""SIGINT and SIGTERM during a run: the first one finishes the requests in flight, for a while, the second stops now."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence

import anyio

from queues import AdmissionGate
from synthtools_stream.assembly.last_requests import last_requests
from synthtools_stream.errors import RunStopped

__all__ = ["stop_on_signal"]


async def stop_on_signal(gates: Sequence[AdmissionGate], grace_s: float, notice: Callable[[str], None]) -> None:
    """Wait for a signal, close `gates`, and wait for what is in flight, for `grace_s` seconds or a second signal.

    :raises RunStopped: after a signal, always.
    """
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()
    patience = anyio.CancelScope()

    def on_signal() -> None:
        if asked.is_set():
            patience.cancel()
        asked.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    try:
        await asked.wait()
        notice(f"stopping: finishing the requests in flight, for {grace_s:g} s at most; a second signal stops now")
        await last_requests(gates, grace_s, patience)
        raise RunStopped("stopped by a signal; the same command goes on from here")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
