"""Progress: one snapshot of everything that moves, every few seconds, for people and for `tail`.

The heartbeat is driven by the clock and not by completions, so that a run which stands still says so. A snapshot is
a line of `progress.jsonl`:

    {"at","elapsed_s","state","waiting_for_server","stages":{name:{queued,running,done,rejected,failed}},
     "requests":{total,sent,replayed,in_flight,oldest,waiting,limit,peak,limit_changes},"tokens":{prompt,completion,cached},
     "rates":{requests_per_s,tokens_per_s},"cost","currency","prices":{prompt,completion},"yield","eta_s","lag_ms",
     "rss_mib"}

Stages, tokens, cost and `requests.total` are the whole run's, all sessions together; the rest is the session's.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import Protocol

from queues import AdmissionGate, ChannelStatistics, GateStatistics
from synthtools_stream.chat.language_model import Usage
from synthtools_stream.config import Prices
from synthtools_stream.engine.time_left import TimeLeft
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal
from synthtools_stream.storage.rundir.progress_file import ProgressFile
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Board", "Heartbeat", "LagMonitor", "Meter", "RoleMeter", "StageView", "group_counts"]

LAG_PROBE_S = 0.1
"""Seconds between two looks at the event loop: ten a second find any stall that somebody notices."""


class StageView(Protocol):
    """What the board needs to see of a pool."""

    @property
    def group(self) -> str:
        """The stage's name."""
        ...

    @property
    def name(self) -> str:
        """The pool's own name, where a stage has several."""
        ...

    def settled(self) -> int:
        """Items that left, however they did."""
        ...

    def running(self) -> int:
        """Items in work."""
        ...

    def inbox(self) -> ChannelStatistics:
        """The channel before the pool."""
        ...


@dataclass
class RoleMeter:
    """What one role was answered in this session."""

    sent: int = 0
    replayed: int = 0
    usage: Usage = field(default_factory=Usage)


@dataclass
class Meter:
    """Counts requests and tokens as replies arrive; those from the log cost nothing this time."""

    before: Usage = field(default_factory=Usage)
    """What earlier sessions of the run spent."""
    sent_before: int = 0
    """Requests that earlier sessions sent."""
    sent: int = 0
    replayed: int = 0
    prompt: int = 0
    completion: int = 0
    cached: int = 0
    by_stage: Counter[str] = field(default_factory=Counter[str])
    """Replies by the stage that asked, those from the log included."""
    by_role: dict[str, RoleMeter] = field(default_factory=lambda: defaultdict(RoleMeter))
    """The same by role."""
    on_spend: list[Callable[[Usage], None]] = field(default_factory=list[Callable[[Usage], None]])
    """Told what every reply cost that did not come from the log, for budgets."""

    @property
    def spent(self) -> Usage:
        """What all sessions of the run spent."""
        return self.before + Usage(self.prompt, self.completion, self.cached)

    def on_reply(self, stage: str, role: str, usage: Usage, *, from_log: bool, latency_s: float) -> None:  # noqa: ARG002
        """Take in one reply."""
        self.by_stage[stage] += 1
        known = self.by_role[role]
        if from_log:
            self.replayed += 1
            known.replayed += 1
        else:
            known.sent += 1
            known.usage += usage
            self.sent += 1
            self.prompt += usage.prompt_tokens
            self.completion += usage.completion_tokens
            self.cached += usage.cached_tokens
            for spend in self.on_spend:
                spend(usage)


class LagMonitor:
    """Measures how late the event loop wakes a sleeper: what any callback that blocks does to everybody."""

    def __init__(self) -> None:
        """Start with no lag seen."""
        self._worst_s = 0.0

    async def run(self) -> None:
        """Watch until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_PROBE_S
            await asyncio.sleep(LAG_PROBE_S)
            self._worst_s = max(self._worst_s, loop.time() - due)

    @property
    def worst_s(self) -> float:
        """The worst lag since it was last taken, in seconds."""
        return self._worst_s

    def take_ms(self) -> float:
        """Return the worst lag since the last call, in milliseconds."""
        worst, self._worst_s = self._worst_s, 0.0
        return round(1000 * worst, 1)


@dataclass
class Board:
    """Everything a snapshot is made of."""

    stages: Sequence[str]
    views: Sequence[StageView]
    gates: Sequence[AdmissionGate]
    journal: Journal
    meter: Meter
    prices: Prices
    expected_sequences: int
    waiting: Callable[[], bool] = lambda: False
    """Whether no server is there to answer."""
    lag: LagMonitor = field(default_factory=LagMonitor)
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._started = self._last = self.clock()
        self._last_sent = self._last_tokens = 0
        self._seen_change = float("-inf")
        self._last_replayed = 0
        # Of the sequences that left evolution; an environment that fell out counts for all of its own.
        self._time_left = TimeLeft(self._started, _settled(self._stages(), "evolution"))

    def snapshot(self, state: str = "running") -> JsonObject:
        """Return how things stand; rates are since the last snapshot."""
        now = self.clock()
        stages = self._stages()
        statistics = [gate.statistics() for gate in self.gates]
        tokens = self.meter.prompt + self.meter.completion
        spent = self.meter.spent
        span = max(now - self._last, 1e-9)
        eta_s = self._eta(now, stages)
        rates: JsonObject = {
            "requests_per_s": round((self.meter.sent - self._last_sent) / span, 1),
            "tokens_per_s": round((tokens - self._last_tokens) / span, 1),
        }
        self._last, self._last_sent, self._last_tokens = now, self.meter.sent, tokens
        return {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "elapsed_s": round(now - self._started, 1),
            "state": state,
            "waiting_for_server": self.waiting(),
            "stages": {name: {**counts} for name, counts in stages.items()},
            "requests": {
                "total": self.meter.sent_before + self.meter.sent,
                "sent": self.meter.sent,
                "replayed": self.meter.replayed,
                "in_flight": sum(gate.in_flight for gate in statistics),
                "oldest": _oldest(statistics),
                "waiting": sum(sum(gate.waiting.values()) for gate in statistics),
                "limit": sum(gate.limit for gate in statistics),
                "peak": sum(gate.peak_in_flight for gate in statistics),
                "limit_changes": self._limit_changes(),
            },
            "tokens": {
                "prompt": spent.prompt_tokens,
                "completion": spent.completion_tokens,
                "cached": spent.cached_tokens,
            },
            "rates": rates,
            "cost": self._cost(spent),
            "currency": self.prices.currency,
            "prices": {"prompt": self.prices.prompt, "completion": self.prices.completion},
            "yield": _yield(stages),
            "eta_s": eta_s,
            "lag_ms": self.lag.take_ms(),
            "rss_mib": _peak_rss_mib(),
        }

    def _stages(self) -> dict[str, dict[str, int]]:
        stages = {name: {"queued": 0, "running": 0, **counts} for name, counts in _empty(self.stages).items()}
        for view in self.views:
            stages[view.group]["queued"] += view.inbox().depth
            stages[view.group]["running"] += view.running()
        for name, counts in group_counts(self.journal.counts()).items():
            if name in stages:
                stages[name].update(counts)
        return stages

    def _limit_changes(self) -> list[Json]:
        """Return why the gates' limits changed since the last snapshot."""
        # The gates' clock is the board's: both are monotonic and in seconds.
        fresh = [change for gate in self.gates for change in gate.history if change.at > self._seen_change]
        self._seen_change = max([self._seen_change, *(change.at for change in fresh)])
        return [
            {"at_s": round(max(0.0, change.at - self._started), 1), "limit": change.limit, "reason": change.reason}
            for change in fresh
        ]

    def _cost(self, spent: Usage) -> float | None:
        if not (self.prices.prompt or self.prices.completion):
            return None
        cost = spent.prompt_tokens * self.prices.prompt + spent.completion_tokens * self.prices.completion
        return round(cost / 1e6, 4)

    def _eta(self, now: float, stages: dict[str, dict[str, int]]) -> int | None:
        replaying = self.meter.replayed > self._last_replayed and self.meter.sent == self._last_sent
        self._last_replayed = self.meter.replayed
        settled = _settled(stages, "evolution")
        held_up = replaying or self.waiting()
        return self._time_left.look(now, settled, self.expected_sequences, held_up=held_up)


class Heartbeat:
    """Writes a snapshot to `progress.jsonl` every few seconds and shows it."""

    def __init__(self, board: Board, file: ProgressFile, every_s: float, show: Callable[[JsonObject], None]) -> None:
        """`show` is called with every snapshot, on the loop: it must be quick."""
        self.path = file.path
        self._file = file
        self._board = board
        self._every_s = every_s
        self._show = show

    async def run(self) -> None:
        """Beat until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._board.lag.run())
            while True:
                await self.beat()
                await asyncio.sleep(self._every_s)

    async def beat(self, state: str = "running") -> None:
        """Write and show one snapshot."""
        snapshot = self._board.snapshot(state)
        await self._file.append(snapshot)
        self._show(snapshot)


def group_counts(counts: dict[str, dict[OutcomeKind, int]]) -> dict[str, dict[str, int]]:
    """Add the journal's counts up by stage: `generation.tool` counts under `generation`."""
    grouped = _empty(dict.fromkeys(name.partition(".")[0] for name in counts))
    for name, kinds in counts.items():
        for kind, count in kinds.items():
            grouped[name.partition(".")[0]][kind.value] += count
    return grouped


def _empty(names: Sequence[str] | dict[str, None]) -> dict[str, dict[str, int]]:
    return {name: {kind.value: 0 for kind in OutcomeKind} for name in names}


def _settled(stages: dict[str, dict[str, int]], name: str) -> int:
    counts = stages.get(name, {})
    return counts.get("done", 0) + counts.get("rejected", 0)


def _yield(stages: dict[str, dict[str, int]]) -> JsonObject:
    shares: JsonObject = {}
    for name, counts in stages.items():
        settled = _settled(stages, name)
        shares[name] = round(counts["done"] / settled, 3) if settled else None
    return shares


def _oldest(statistics: Sequence[GateStatistics]) -> JsonObject | None:
    """Return the role and the age of the request that has been in flight for longest, on any server."""
    held = [gate.oldest for gate in statistics if gate.oldest is not None]
    if not held:
        return None
    oldest = max(held, key=attrgetter("age_s"))
    return {"role": oldest.label, "age_s": round(oldest.age_s, 1)}


def _peak_rss_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)
