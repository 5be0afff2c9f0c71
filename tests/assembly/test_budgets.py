"""Budgets: a session ends near what it may spend and on time, and raising a budget adds the rest."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from queues import AdmissionGate
from synthtools_stream.asking.reply_json import reply_from_json
from synthtools_stream.assembly.budgets import KNOWN_REPLIES, BudgetReached, Budgets, Deadline
from synthtools_stream.bench.measured_runs import shipped_fields
from synthtools_stream.chat.language_model import Usage
from synthtools_stream.cli.end_report import exit_code
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.run_status import run_state
from synthtools_stream.errors import ConfigError
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.values.durations import seconds_until
from synthtools_stream.values.jsontypes import Json
from tests.e2e.commands import row_sets, rows
from tests.engine.enginekit import turns
from tests.faults.faultkit import Told, invoke, run
from tests.stages.evolution.evolutionkit import released

FIELDS = ("Maritime Shipping", "Library Science", "Genealogy")
SIZES: dict[str, Json] = {"concurrency": 4, "live_environments": 1, "live_tasks": 1, "queue_size": 1}
NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


def spent_in(directory: Path) -> int:
    """Return the tokens that a run's replies cost."""
    usages = [reply_from_json(logged.reply).usage for logged in read_replies(directory)]
    return sum(usage.prompt_tokens + usage.completion_tokens for usage in usages)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Json]]:
    """The rows of the unlimited run."""
    out = tmp_path_factory.mktemp("budgets") / "whole"
    fields = [argument for name in FIELDS for argument in ("--field", name)]
    done = invoke("run", *fields, "--sequences", "2", "--out", out)
    assert done.exit_code == 0, done.output
    return row_sets(out)


@pytest.mark.parametrize(
    "budget",
    [{"token_budget": 60_000}, {"max_cost": 0.05, "prices": {"prompt": 1.0, "completion": 1.0}}, {"max_tasks": 1}],
    ids=["tokens", "money", "tasks"],
)
async def test_rows_are_a_subset(budget: dict[str, Json], whole: dict[str, dict[str, Json]], tmp_path: Path) -> None:
    """A budget gives a part of the unlimited run's rows and ends the run well; without it the rest is added."""
    told = Told()
    options: dict[str, Json] = {"sequences": 2, **SIZES, **budget}
    summary = await run(tmp_path, told, FIELDS, options)
    assert summary.failed == 0
    assert "max_tasks" in budget or any("budget" in line for line in told.notices)
    few = row_sets(tmp_path)
    assert 0 < len(few["environments.jsonl"]) < len(FIELDS)
    assert all(few[name].items() <= whole[name].items() for name in whole)
    assert run_state(tmp_path) == "finished"

    again = await run(tmp_path, None, FIELDS, options)
    assert again.already_finished

    await run(tmp_path, names=FIELDS, sequences=2)
    assert row_sets(tmp_path) == whole


@pytest.mark.parametrize("concurrency", [8, 128])
async def test_spending_stays_near_the_budget(concurrency: int, tmp_path: Path) -> None:
    """However much may be in flight, what is spent is near the budget, and it is spent on whole tasks."""
    budget = 1_000_000
    limits: dict[str, Json] = {"sequences": 2, "concurrency": concurrency, "token_budget": budget}
    await run(tmp_path, None, shipped_fields(), limits)
    assert 0.5 * budget < spent_in(tmp_path) < 1.1 * budget
    assert rows(tmp_path, "task_content.jsonl")


async def test_counts_earlier_sessions(tmp_path: Path) -> None:
    """What earlier sessions spent counts: a budget that is spent already sends nothing."""
    await run(tmp_path, sequences=1, stop_after="auditing")
    asked = sum(1 for _ in read_replies(tmp_path))
    told = Told()

    await run(tmp_path, told, sequences=1, token_budget=spent_in(tmp_path))

    assert any("is spent" in line for line in told.notices)
    assert sum(1 for _ in read_replies(tmp_path)) == asked
    assert not rows(tmp_path, "task_content.jsonl")


@pytest.mark.parametrize("command", ["run", "rollout"])
def test_past_deadline_sends_nothing(command: str, tmp_path: Path) -> None:
    """A deadline that has passed asks nobody, not even a server what it is; nothing is made, and the exit code is 0."""
    out, tasks = tmp_path / "new", tmp_path / "task_content.jsonl"
    tasks.write_bytes(orjson.dumps(asyncio.run(released()).to_json()))
    what = ("--field", "Genealogy") if command == "run" else ("--dataset", tasks)
    done = invoke(command, *what, "--server-url", "http://127.0.0.1:1", "--deadline", "2020-01-01T00:00", "--out", out)
    assert done.exit_code == 0, done.output
    assert "has passed: nothing is sent" in done.stderr
    assert "the same command, with another deadline, goes on" in done.stderr
    assert not out.exists()


async def test_deadline_ends_the_session_only(tmp_path: Path) -> None:
    """A deadline that has passed leaves what was made as it is, and without it the run goes on."""
    await run(tmp_path, stop_after="generation")
    asked, told = sum(1 for _ in read_replies(tmp_path)), Told()
    summary = await run(tmp_path, told, deadline="0")
    assert (summary.out_of_time, exit_code(summary)) == (True, 0)
    assert any("deadline" in line for line in told.notices)
    assert sum(1 for _ in read_replies(tmp_path)) == asked
    await run(tmp_path)
    assert rows(tmp_path, "trajectories.jsonl")


async def test_deadline_after_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline that passes while servers are probed lets no item be begun, and leaves a run that goes on."""
    looks = iter([1.0])  # the look before the start; later ones find no time left
    monkeypatch.setattr(Deadline, "left_s", property(lambda _self: next(looks, 0.0)))
    summary = await run(tmp_path)
    assert (summary.out_of_time, summary.failed) == (True, 0)
    assert not list(read_replies(tmp_path))
    assert run_state(tmp_path) == "stopped"
    monkeypatch.undo()
    await run(tmp_path)
    assert rows(tmp_path, "trajectories.jsonl")


async def test_deadline_while_at_work() -> None:
    """When the time has passed, the gates are closed and the session ends as planned."""
    gate = AdmissionGate(1, stages=["s"])
    budgets = Budgets(RunConfig.build({}), Deadline("0.001"), [gate], lambda _line: None)
    with pytest.raises(BudgetReached):
        await budgets.watch()
    assert (gate.closed, budgets.out_of_time) == (True, True)


def test_deadline_counts_from_the_start() -> None:
    """A span counts from when it was read, a time is one; without any there is no end."""
    at = 100.0
    span = Deadline("1m", clock=lambda: at)
    time = Deadline("2026-03-14T09:00:30+00:00", now=NOW, clock=lambda: at)
    assert [span.left_s, time.left_s, Deadline(None).left_s] == [60, 30, None]
    at = 150.0
    assert [span.left_s, time.left_s] == [10, 0]


@pytest.mark.parametrize(("grace", "waits"), [(0.0, False), (1000.0, True)])
async def test_grace_bounds_the_wait(grace: float, waits: bool) -> None:
    """Requests in flight are waited for as long as the grace lasts; nothing new is let in meanwhile."""
    gate = AdmissionGate(1, stages=["s"])
    budgets = Budgets(RunConfig.build({"grace": grace}), Deadline("0"), [gate], lambda _line: None)
    async with gate.slot("s"):
        watching = asyncio.ensure_future(budgets.watch())
        await turns()
        assert gate.closed
        assert watching.done() is not waits
    with pytest.raises(BudgetReached):
        await watching
    assert budgets.out_of_time


async def test_what_is_in_flight_counts() -> None:
    """A budget is reached once what is in flight will spend the rest of it, and that is said once."""
    gate, said = AdmissionGate(100, stages=["s"]), list[str]()
    budgets = Budgets(RunConfig.build({"token_budget": 100_000}), Deadline(None), [gate], said.append)
    for _ in range(KNOWN_REPLIES):
        budgets.spend(Usage(900, 100))
    closed: list[bool] = []
    async with AsyncExitStack() as slots:
        for _ in range(100 - KNOWN_REPLIES - 1):
            await slots.enter_async_context(gate.slot("s"))
        closed.append(gate.closed)
        for _ in range(2):
            budgets.spend(Usage(900, 100))
            closed.append(gate.closed)
    assert closed == [False, True, True]
    assert len(said) == 1


def test_affords_what_can_be_paid_for() -> None:
    """With the usual cost at first, with the run's own later, as much is begun as the budget pays for."""
    budgets = Budgets(
        RunConfig.build({"token_budget": 10_000_000, "sequences": 4}), Deadline(None), [], lambda _line: None
    )
    usual = [number for number in range(0, 100, 4) if budgets.affords(0, number)]
    assert 40 <= usual[-1] <= 60
    budgets.spent_before(Usage(5_000_000, 0))  # for fifty tasks, so that each costs less than usual
    assert budgets.affords(50, usual[-1])
    assert not budgets.affords(50, 100)
    unlimited = Budgets(RunConfig.build({}), Deadline(None), [], lambda _line: None)
    assert unlimited.affords(10**6, 10**6)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1.5", 1.5),
        ("45s", 45),
        ("2h30m", 9000),
        ("1d", 86_400),
        ("2026-03-14T10:00:00+00:00", 3600),
        ("2026-03-14T08:00:00+00:00", 0),
    ],
)
def test_reads_deadlines(text: str, seconds: float) -> None:
    """Seconds, spans and times are understood."""
    assert seconds_until(text, NOW) == seconds


@pytest.mark.parametrize("text", ["", "soon", "2h30", "-5", "h"])
def test_refuses_other_deadlines(text: str) -> None:
    """Anything else is one clear line, before anything is done."""
    if text == "2h30":
        assert seconds_until(text, NOW) == 7230
        return
    with pytest.raises(ConfigError, match="deadline"):
        RunConfig.build({"deadline": text})


def test_money_needs_prices(tmp_path: Path) -> None:
    """--max-cost without prices is a usage error of one line."""
    done = invoke("run", "--field", "Genealogy", "--max-cost", "1", "--out", tmp_path / "run")
    assert done.exit_code == 2
    assert "prices" in done.stderr.splitlines()[-1]


def test_cost_is_of_all_sessions() -> None:
    """Prompt and completion tokens have prices of their own, per million."""
    config = RunConfig.build({"prices": {"prompt": 2.0, "completion": 10.0}})
    budgets = Budgets(config, Deadline(None), [], lambda _line: None)
    budgets.spend(Usage(1_000_000, 100_000))
    assert budgets.cost == 3.0


async def test_a_met_number_of_tasks_sends_nothing(tmp_path: Path) -> None:
    """A run that has the tasks asked for says so and asks nobody, not even its server; asked for more it goes on."""
    await run(tmp_path, names=FIELDS, sequences=2, stop_after="summarizing", max_tasks=1)
    await run(tmp_path, names=FIELDS, sequences=2, max_tasks=1)
    asked = sum(1 for _ in read_replies(tmp_path))
    (tmp_path / "task_content.jsonl").unlink()  # as a kill between journal and dataset might leave it

    told = Told()
    nobody: dict[str, Json] = {
        "server_url": ["http://127.0.0.1:1"],
        "connect_timeout_s": 0.2,
        "prices": {"prompt": 1.0},
    }
    limits: dict[str, Json] = {"sequences": 2, "max_tasks": 1, "token_budget": 10**9}
    summary = await run(tmp_path, told, FIELDS, {**limits, **nobody})

    assert summary.already_finished
    assert "released already" in told.notices[-1]
    assert sum(1 for _ in read_replies(tmp_path)) == asked
    assert len(rows(tmp_path, "task_content.jsonl")) == 1
    await run(tmp_path, names=FIELDS, sequences=2, max_tasks=3)
    assert len(rows(tmp_path, "task_content.jsonl")) == 3


@pytest.mark.parametrize(("given", "seconds"), [(5, 5.0), ("45s", 45.0), ("2m", 120.0), ("0", 0.0)])
def test_reads_grace(given: Json, seconds: float) -> None:
    """A number of seconds or a span."""
    assert RunConfig.build({"grace": given}).operating.grace == seconds


def test_refuses_other_graces(tmp_path: Path) -> None:
    """Anything else is one line and exit code 2, before anything is made."""
    done = invoke("run", "--field", "Genealogy", "--grace", "soon", "--out", tmp_path / "run")
    assert done.exit_code == 2
    assert done.stderr.splitlines()[-1] == "synthtools-stream: grace: 'soon' is neither seconds nor a span such as 2m"
    assert not (tmp_path / "run").exists()
