"""A wish to stop a run, by SIGINT, SIGTERM or a call: the first one finishes the requests in flight, for a while, the
second stops now."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Sequence

import anyio

from queues import AdmissionGate
from synthtools_stream.assembly.last_requests import last_requests
from synthtools_stream.errors import RunStopped

__all__ = ["StopWish", "stop_on_signal", "stop_when"]


class StopWish:
    """Whether a run is to stop; made and used on one event loop."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self.patience = anyio.CancelScope()
        """The wait for what is in flight."""

    @property
    def is_asked(self) -> bool:
        """Whether anybody has asked yet."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Ask the run to stop; the second time at once."""
        if self._asked.is_set():
            self.patience.cancel()
        self._asked.set()

    async def asked(self) -> None:
        """Wait until somebody asks."""
        await self._asked.wait()


async def stop_on_signal(gates: Sequence[AdmissionGate], grace_s: float, notice: Callable[[str], None]) -> None:
    """Wait for a signal, close `gates`, and wait for what is in flight, for `grace_s` seconds or a second signal.

    :raises RunStopped: after a signal, always.
    """
    loop, wish = asyncio.get_running_loop(), StopWish()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, wish.ask)
    try:
        await stop_when(wish, gates, grace_s, notice)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


async def stop_when(
    wish: StopWish, gates: Sequence[AdmissionGate], grace_s: float, notice: Callable[[str], None]
) -> None:
    """Wait for the wish, close `gates`, and wait for what is in flight, for `grace_s` seconds or a second wish.

    :raises RunStopped: then, always.
    """
    await wish.asked()
    notice(f"stopping: finishing the requests in flight, for {grace_s:g} s at most; a second signal stops now")
    await last_requests(gates, grace_s, wish.patience)
    raise RunStopped("stopped by a signal; the same command goes on from here")
