"""How a run speaks while it goes on: snapshots, lines for the user, events, and the phases in which it is at work."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from synthtools_stream.engine.loop_watch import watched_loop
from synthtools_stream.engine.run_events import RunEvents
from synthtools_stream.engine.task_group import alongside
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.phases import Phases

__all__ = ["RunVoice", "open_voice"]


@dataclass(frozen=True)
class RunVoice:
    """Whom a run tells what."""

    show: Callable[[JsonObject], None]
    """Given a snapshot every few seconds."""
    notice: Callable[[str], None]
    """Given a line for the user now and then."""
    events: RunEvents
    phases: Phases


@asynccontextmanager
async def open_voice(
    show: Callable[[JsonObject], None], notice: Callable[[str], None], told: Callable[[JsonObject], None]
) -> AsyncGenerator[RunVoice]:
    """Look at the phases, and whether the loop is blocked, for as long as the block runs; `told` is given events."""
    events = RunEvents(told)
    phases = Phases(events.tell)
    async with watched_loop(events.tell), alongside([events.run(phases)]):
        yield RunVoice(show, notice, events, phases)
