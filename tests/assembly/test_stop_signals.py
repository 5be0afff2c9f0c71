"""After a signal nothing more is sent, and what is in flight is waited for as long as the grace lasts."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from queues import AdmissionGate
from synthtools_stream.assembly.stop_signals import stop_on_signal
from synthtools_stream.errors import RunStopped
from tests.engine.enginekit import turns


async def signalled(*numbers: signal.Signals) -> None:
    """Send signals to this process and let it see them."""
    for number in numbers:
        os.kill(os.getpid(), number)
        await turns(5)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_no_grace_no_wait(number: signal.Signals) -> None:
    """When the grace is over, a request that is still in flight holds nothing up."""
    gate, said = AdmissionGate(1, stages=["s"]), list[str]()
    stop = asyncio.ensure_future(stop_on_signal([gate], 0.0, said.append))
    await turns()
    async with gate.slot("s"):
        await signalled(number)
        with pytest.raises(RunStopped, match="the same command goes on"):
            await stop
    assert gate.closed
    assert "for 0 s at most" in said[0]


@pytest.mark.parametrize("second", [False, True])
async def test_waits_for_what_is_in_flight(second: bool) -> None:
    """Within the grace the request is waited for, unless a second signal comes."""
    gate = AdmissionGate(1, stages=["s"])
    stop = asyncio.ensure_future(stop_on_signal([gate], 1000.0, lambda _line: None))
    await turns()
    async with gate.slot("s"):
        await signalled(signal.SIGTERM)
        assert gate.closed
        assert not stop.done()
        if second:
            await signalled(signal.SIGTERM)
            with pytest.raises(RunStopped):
                await stop
    with pytest.raises(RunStopped):
        await stop
