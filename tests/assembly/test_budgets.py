"""Budgets: the source closes, started work drains, and raising a budget adds the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from synthtools_stream.asking.reply_json import reply_from_json
from synthtools_stream.assembly.budgets import Budgets
from synthtools_stream.chat.language_model import Usage
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.run_status import run_state
from synthtools_stream.errors import ConfigError
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.values.durations import seconds_until
from synthtools_stream.values.jsontypes import Json
from tests.e2e.commands import row_sets, rows
from tests.faults.faultkit import Told, invoke, run

FIELDS = ("Maritime Shipping", "Library Science", "Genealogy")
SIZES: dict[str, Json] = {"concurrency": 4, "live_environments": 1, "live_tasks": 1, "queue_size": 1}
NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


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


async def test_counts_earlier_sessions(tmp_path: Path) -> None:
    """What earlier sessions spent counts: a budget that is spent already starts nothing."""
    await run(tmp_path, sequences=1, stop_after="auditing")
    asked = sum(1 for _ in read_replies(tmp_path))
    spent = sum(reply_from_json(logged.reply).usage.prompt_tokens for logged in read_replies(tmp_path))
    told = Told()

    await run(tmp_path, told, sequences=1, token_budget=spent)

    assert any("is spent" in line for line in told.notices)
    assert sum(1 for _ in read_replies(tmp_path)) <= asked + 1, "the one environment that was begun is planned"
    assert not rows(tmp_path, "task_content.jsonl")


async def test_deadline_ends_the_session_only(tmp_path: Path) -> None:
    """A deadline that has passed starts nothing, and the run is not taken for finished."""
    told = Told()
    await run(tmp_path, told, deadline="2020-01-01T00:00")
    assert any("deadline" in line for line in told.notices)
    assert run_state(tmp_path) == "stopped"
    await run(tmp_path)
    assert rows(tmp_path, "trajectories.jsonl")


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
    operating = RunConfig.build({"prices": {"prompt": 2.0, "completion": 10.0}}).operating
    budgets = Budgets(operating, lambda: None, lambda _line: None)
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
