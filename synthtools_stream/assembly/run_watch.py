"""What watches a run from beside it: which parts the watchdog looks at, and when it ends a run that is dead."""

from __future__ import annotations

from synthtools_stream.assembly.backends import Backend
from synthtools_stream.assembly.brought import Brought
from synthtools_stream.assembly.wiring import Pipeline
from synthtools_stream.config import Operating, RunConfig
from synthtools_stream.engine.moving_parts import Inbox, MovingParts
from synthtools_stream.engine.progress import Meter
from synthtools_stream.engine.run_events import RunEvents
from synthtools_stream.engine.watchdog import Watchdog
from synthtools_stream.servers.reply_time import LONGEST

__all__ = ["longest_wait_s", "watchdog_for"]


def watchdog_for(
    config: RunConfig,
    pipeline: Pipeline,
    backend: Backend,
    meter: Meter,
    inboxes: dict[str, Inbox],
    events: RunEvents,
    brought: Brought,
) -> Watchdog:
    """Return the watchdog of a run; one with parts that a program brought is never ended, since they may take long."""
    own = brought.model is None and not brought.stages
    return Watchdog(
        MovingParts(pipeline.pools, backend.endpoints, meter, inboxes),
        events.tell,
        limit_s=longest_wait_s(config.operating) if own else None,
        waiting=backend.waiting,
    )


def longest_wait_s(operating: Operating) -> float:
    """Return seconds within which any request is answered or given up: a slow model's longest reply, and patience."""
    return LONGEST * operating.request_timeout_s + operating.patience_s
