"""SIGINT and SIGTERM during a run: the first one finishes the requests in flight, the second one stops now."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

import anyio

from queues import AdmissionGate
from synthtools_stream.errors import RunStopped

__all__ = ["stop_on_signal"]


async def stop_on_signal(gates: list[AdmissionGate], notice: Callable[[str], None]) -> None:
    """Wait for a signal, close `gates`, and wait for what is in flight or for a second signal.

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
        notice("stopping: finishing the requests in flight; a second signal stops now")
        for gate in gates:
            gate.close()
        with patience:
            for gate in gates:
                await gate.drained()
        raise RunStopped("stopped by a signal; the same command goes on from here")
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
