"""The last requests of a session: nothing more is sent, and what is in flight is waited for, though not for ever."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from queues import AdmissionGate

__all__ = ["last_requests"]


async def last_requests(gates: Sequence[AdmissionGate], grace_s: float, patience: anyio.CancelScope) -> None:
    """Admit nothing more at `gates`, and wait until nothing is in flight, for `grace_s` seconds at most.

    Whoever cancels `patience` ends the wait now. What is in flight then is for the caller to cancel.
    """
    for gate in gates:
        gate.close()
    patience.deadline = anyio.current_time() + grace_s
    with patience:
        for gate in gates:
            await gate.drained()
