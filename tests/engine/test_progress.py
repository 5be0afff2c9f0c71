"""Progress snapshots: what they count, and that a heartbeat writes whole lines."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest

from queues import AdmissionGate
from synthtools_stream.chat.language_model import Usage
from synthtools_stream.config import Prices
from synthtools_stream.engine.progress import Board, Heartbeat, LagMonitor, Meter, StageView, group_counts
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal
from synthtools_stream.storage.rundir.progress_file import ProgressFile, last_snapshot
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from tests.engine.enginekit import Collected, Note, NoteStage, bench, filled

DONE, REJECTED, FAILED = OutcomeKind.DONE, OutcomeKind.REJECTED, OutcomeKind.FAILED


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def board(
    journal: Journal, clock: Clock, views: list[StageView], prices: Prices | None = None, expected: int = 10
) -> Board:
    """Return a board of three stages."""
    return Board(
        ["generation", "evolution", "rollout"],
        views,
        [AdmissionGate(4, stages=("generation",)), AdmissionGate(3, stages=("generation",))],
        journal,
        Meter(),
        prices or Prices(),
        expected,
        clock=clock,
    )


def test_meter_counts_what_costs() -> None:
    """Replies from the log are counted apart and cost nothing; budgets hear of the others."""
    meter, spent = Meter(), list[Usage]()
    meter.on_spend.append(spent.append)
    meter.on_reply("s", "r", Usage(10, 5, 4), from_log=False, latency_s=1.0)
    meter.on_reply("s", "r", Usage(7, 2, 0), from_log=True, latency_s=0.0)
    assert (meter.sent, meter.replayed, meter.prompt, meter.completion, meter.cached) == (1, 1, 10, 5, 4)
    assert spent == [Usage(10, 5, 4)]


def test_counts_grouped_by_stage() -> None:
    """The parts of a stage count under its name."""
    counts = {
        "generation.tool": {DONE: 2, REJECTED: 1, FAILED: 0},
        "generation.blueprint": {DONE: 1, REJECTED: 0, FAILED: 3},
        "auditing": {DONE: 1, REJECTED: 0, FAILED: 0},
    }
    assert group_counts(counts) == {
        "generation": {"done": 3, "rejected": 1, "failed": 3},
        "auditing": {"done": 1, "rejected": 0, "failed": 0},
    }


async def test_snapshot_counts(tmp_path: Path) -> None:
    """A snapshot shows what waits before each stage and how items left it, pools of one stage added up."""
    async with bench(tmp_path) as made:
        waiting = filled(["a", "b"])
        views: list[StageView] = [
            made.pool(NoteStage("generation.tool"), waiting, Collected[Note]()),
            made.pool(NoteStage("generation.blueprint"), filled(["c"]), Collected[Note]()),
        ]
        await made.journal.append(Outcome("generation.tool", "x", DONE))
        await made.journal.append(Outcome("generation.blueprint", "y", REJECTED))
        shown = board(made.journal, Clock(), views).snapshot()
        stages = object_at(shown, "stages")
        assert stages["generation"] == {"queued": 3, "running": 0, "done": 1, "rejected": 1, "failed": 0}
        assert stages["rollout"] == {"queued": 0, "running": 0, "done": 0, "rejected": 0, "failed": 0}
        assert shown["yield"] == {"generation": 0.5, "evolution": None, "rollout": None}
        assert object_at(shown, "requests")["limit"] == 7


async def test_rates_since_last(tmp_path: Path) -> None:
    """Rates are of the time since the last snapshot, and cost is of what was sent."""
    async with bench(tmp_path) as made:
        clock = Clock()
        kept = board(made.journal, clock, [], Prices(prompt=2.0, completion=10.0, currency="EUR"))
        for _ in range(10):
            kept.meter.on_reply("s", "r", Usage(1000, 100), from_log=False, latency_s=0.0)
        clock.now += 5
        first = kept.snapshot()
        assert first["rates"] == {"requests_per_s": 2.0, "tokens_per_s": 2200.0}
        assert (first["cost"], first["currency"], first["elapsed_s"]) == (0.03, "EUR", 5.0)
        clock.now += 5
        assert kept.snapshot()["rates"] == {"requests_per_s": 0.0, "tokens_per_s": 0.0}


async def test_no_price_no_cost(tmp_path: Path) -> None:
    """Without prices there is no cost, and without a settled sequence no estimate."""
    async with bench(tmp_path) as made:
        shown = board(made.journal, Clock(), []).snapshot()
        assert shown["cost"] is None
        assert shown["eta_s"] is None


async def test_earlier_sessions_count(tmp_path: Path) -> None:
    """Tokens, cost and `total` are the whole run's; `sent` and the rates are this session's."""
    async with bench(tmp_path) as made:
        clock = Clock()
        kept = board(made.journal, clock, [], Prices(prompt=2.0, completion=10.0))
        kept.meter.before, kept.meter.sent_before = Usage(1_000_000, 50_000, 400_000), 700
        kept.meter.on_reply("s", "r", Usage(1000, 100, 10), from_log=False, latency_s=0.0)
        kept.meter.on_reply("s", "r", Usage(1000, 100, 10), from_log=True, latency_s=0.0)
        clock.now += 10
        shown = kept.snapshot()
        assert shown["tokens"] == {"prompt": 1_001_000, "completion": 50_100, "cached": 400_010}
        assert shown["cost"] == 2.503
        requests = object_at(shown, "requests")
        assert (requests["total"], requests["sent"], requests["replayed"]) == (701, 1, 1)
        assert shown["rates"] == {"requests_per_s": 0.1, "tokens_per_s": 110.0}


async def test_estimate_follows_this_session(tmp_path: Path) -> None:
    """The end is estimated from the sequences that left evolution since this session began, whatever became of them."""
    async with bench(tmp_path) as made:
        clock = Clock()
        for number in range(60):
            await made.journal.append(Outcome("evolution", f"before{number}", DONE))
        kept = board(made.journal, clock, [], expected=200)
        told: list[Json] = []
        for number in range(40):
            await made.journal.append(Outcome("evolution", f"now{number}", DONE if number % 3 else REJECTED))
            clock.now += 30
            told.append(kept.snapshot()["eta_s"])
        assert told[0] is None
        assert told[-1] == 3000


async def test_no_estimate_while_waiting_or_replaying(tmp_path: Path) -> None:
    """While no server answers, and while replies come from the log, nothing is said of the end."""
    async with bench(tmp_path) as made:
        clock = Clock()
        kept = board(made.journal, clock, [], expected=200)
        for number in range(30):
            await made.journal.append(Outcome("evolution", f"a{number}", DONE))
            kept.meter.on_reply("s", "r", Usage(1, 1), from_log=True, latency_s=0.0)
            clock.now += 5
            assert kept.snapshot()["eta_s"] is None


async def test_heartbeat_writes_lines(tmp_path: Path) -> None:
    """Each beat appends one whole line, which is what is shown, too."""
    async with bench(tmp_path) as made:
        shown: list[JsonObject] = []
        path = tmp_path / "progress.jsonl"
        heartbeat = Heartbeat(board(made.journal, Clock(), []), ProgressFile(path), 60.0, shown.append)
        await heartbeat.beat()
        await heartbeat.beat("finished")
        assert [orjson.loads(line) for line in path.read_bytes().splitlines()] == shown
        assert [snapshot["state"] for snapshot in shown] == ["running", "finished"]
        assert last_snapshot(tmp_path) == shown[1]


async def test_heartbeat_beats_at_once(tmp_path: Path) -> None:
    """A heartbeat begins with a beat and stops when it is cancelled."""
    async with bench(tmp_path) as made:
        beaten = asyncio.Event()
        heartbeat = Heartbeat(
            board(made.journal, Clock(), []), ProgressFile(tmp_path / "progress.jsonl"), 600.0, lambda _: beaten.set()
        )
        running = asyncio.create_task(heartbeat.run())
        await beaten.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


def test_lag_is_taken_once() -> None:
    """Lag is told once and then forgotten."""
    monitor = LagMonitor()
    monitor._worst_s = 0.0125
    assert (monitor.take_ms(), monitor.take_ms()) == (12.5, 0.0)


async def test_oldest_request(tmp_path: Path) -> None:
    """Of all servers' requests in flight the oldest is named, with its age."""
    clock = Clock()
    journal = await Journal.open(tmp_path, "config")
    gates = [AdmissionGate(4, stages=("generation",), clock=clock) for _ in range(2)]
    shown = Board(["generation"], [], gates, journal, Meter(), Prices(), 10, clock=clock)
    assert object_at(shown.snapshot(), "requests")["oldest"] is None
    async with gates[1].slot("generation", label="tool"):
        clock.now += 30.0
        async with gates[0].slot("generation", label="world"):
            clock.now += 1.5
            assert object_at(shown.snapshot(), "requests")["oldest"] == {"role": "tool", "age_s": 31.5}
    assert object_at(shown.snapshot(), "requests")["oldest"] is None
    await journal.aclose()
