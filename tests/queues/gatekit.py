"""Requests to one gate that are finished by hand, so that a test sees who is served next."""

from __future__ import annotations

import asyncio
from collections import Counter

from anyio.lowlevel import checkpoint

from queues import AdmissionGate

STAGES = ("source", "middle", "sink")


async def rest() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await checkpoint()


class Load:
    """Requests to one gate, each in flight until it is finished by hand."""

    def __init__(self, gate: AdmissionGate, group: asyncio.TaskGroup) -> None:
        self.gate = gate
        self.group = group
        self.entered: list[str] = []
        self.running: dict[asyncio.Event, str] = {}

    async def _request(self, stage: str, affinity: str) -> None:
        done = asyncio.Event()
        async with self.gate.slot(stage, affinity):
            self.entered.append(affinity or stage)
            self.running[done] = stage
            await done.wait()

    def ask(self, stage: str, affinity: str = "", times: int = 1) -> list[asyncio.Task[None]]:
        return [self.group.create_task(self._request(stage, affinity)) for _ in range(times)]

    async def finish(self, stage: str | None = None, times: int = 1) -> None:
        """Finish the longest running requests, of `stage` if given, one after the other."""
        for _ in range(times):
            done = next(event for event, at in self.running.items() if stage in (None, at))
            del self.running[done]
            done.set()
            await rest()

    async def finish_all(self) -> None:
        while self.running:
            await self.finish()

    @property
    def in_flight(self) -> Counter[str]:
        return Counter(self.running.values())
