"""Estimates: how many items of each pool, what they take, and how near a sample of one comes to the whole run."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from synthtools_stream.assembly import from_fields
from synthtools_stream.assembly.dry_run import sample_of
from synthtools_stream.config import Content, Operating, RunConfig
from synthtools_stream.errors import UsageError
from synthtools_stream.report.forecast import forecast, most_of
from synthtools_stream.report.past_run import USUAL, Cost, PastRun, PoolFigures, read_past_run
from synthtools_stream.values.jsontypes import JsonObject
from tests.faults.faultkit import run

FIELDS = ("Maritime Shipping", "Library Science", "Retail Banking")
HALF = PastRun(
    "half of everything",
    {
        "generation.subfields": PoolFigures(2, 2, Cost(1, 10, 1)),
        "generation.scenarios": PoolFigures(4, 4, Cost(1, 10, 1)),
        "generation.blueprint": PoolFigures(4, 2, Cost(1, 10, 1)),
        "generation.tool": PoolFigures(20, 20, Cost(1, 10, 1)),
        "auditing": PoolFigures(20, 10, Cost(5, 100, 10)),
        "sequencing": PoolFigures(2, 2, Cost(2, 10, 1)),
        "evolution": PoolFigures(8, 4, Cost(10, 1000, 100)),
        "summarizing": PoolFigures(4, 2, Cost(2, 100, 10)),
        "rollout": PoolFigures(4, 4, Cost(5, 500, 5)),
    },
    subfields=2,
    scenarios=1,
    sequences=4,
    seconds=100.0,
    calls=500.0,
    most_in_flight=8,
)


def content(**keys: object) -> Content:
    """Return a content configuration."""
    return Content.model_validate({"subfields": 2, "scenarios": 1, "sequences": 4, "rollouts": 2, **keys})


def test_yields_of_the_other_run_count() -> None:
    """Of ten fields come twenty blueprints, of which half have tools and half of those a task."""
    expected = forecast(content(), Operating(), 10, HALF)
    assert expected.items == {
        "generation.subfields": 10,
        "generation.scenarios": 20,
        "generation.blueprint": 20,
        "generation.tool": 100,
        "auditing": 100,
        "sequencing": 10,
        "evolution": 40,
        "summarizing": 20,
        "rollout": 20,
    }
    assert expected.tasks == 10
    assert expected.cost.calls == 10 + 20 + 20 + 100 + 500 + 20 + 400 + 40 + 100


def test_wanted_tasks_cut_the_rest() -> None:
    """Whole environments are begun until there are enough tasks: of ten, four for three and a half."""
    expected = forecast(content(), Operating(max_tasks=3), 10, HALF)
    assert expected.tasks == 3
    assert expected.items["sequencing"] == 3
    assert expected.items["evolution"] == pytest.approx(12)
    assert expected.items["rollout"] == 6
    assert most_of(content(), Operating(max_tasks=3), 10).attempts == 6


def test_stop_after_ends_the_estimate() -> None:
    """What lies behind the last stage costs nothing."""
    expected = forecast(content(), Operating(stop_after="auditing"), 10, HALF)
    assert {*expected.items} == {
        "generation.subfields",
        "generation.scenarios",
        "generation.blueprint",
        "generation.tool",
        "auditing",
    }
    assert expected.tasks == 0


@pytest.mark.parametrize(
    ("start", "first", "number"),
    [
        ("given", "generation.blueprint", 6),
        ("environments", "generation.tool", 30),
        ("tools", "sequencing", 6),
        ("drafts", "summarizing", 6),
        ("tasks", "rollout", 12),
    ],
)
def test_runs_that_begin_in_the_middle(start: str, first: str, number: float) -> None:
    """The first pool is that of the start; nothing before it costs anything."""
    expected = forecast(content(start=start), Operating(), 6, HALF)
    assert next(iter(expected.items)) == first
    assert expected.items[first] == number
    assert most_of(content(start=start), Operating(), 6).environments == (None if start in ("tasks", "drafts") else 6)


def test_time_is_a_span() -> None:
    """At the other run's pace; and that much faster as there are more slots, but not on our own processor."""
    http = Operating(backend="http", server_url=["http://a", "http://b"], concurrency=32)
    expected = forecast(content(), http, 10, HALF)
    assert expected.seconds == pytest.approx((expected.cost.calls / 40, expected.cost.calls / 5))
    own = forecast(content(), Operating(), 10, HALF).seconds
    assert own is not None
    assert own[0] == own[1]
    assert forecast(content(), Operating(), 10, USUAL).seconds is None


def test_what_a_run_never_reached_is_taken_from_the_usual() -> None:
    """A run that stopped early tells what it can."""
    early = replace(HALF, pools={name: pool for name, pool in HALF.pools.items() if name != "rollout"})
    expected = forecast(content(), Operating(), 10, early)
    assert expected.items["rollout"] == 20
    assert expected.cost.prompt > forecast(content(), Operating(), 10, HALF).cost.prompt


def test_no_figures_is_one_line(tmp_path: Path) -> None:
    """A directory without a run, and a run that has settled nothing."""
    with pytest.raises(UsageError, match="there is no run here whose figures could be used"):
        read_past_run(tmp_path)


def test_a_sample_of_one_foretells_the_whole(tmp_path: Path) -> None:
    """Of three environments of the embedded model, calls and tokens come within a fifth of what they then take."""
    options: JsonObject = {"sequences": 2}
    config = RunConfig.build({"fields": [*FIELDS], **options})
    small, few = sample_of(config, from_fields(FIELDS), 1)
    assert small.content.fields == [FIELDS[0]]
    assert few.count == 1
    asyncio.run(run(tmp_path / "sample", names=small.content.fields, more=options))
    asyncio.run(run(tmp_path / "whole", names=FIELDS, more=options))
    expected = forecast(config.content, config.operating, 3, read_past_run(tmp_path / "sample"))
    took = read_past_run(tmp_path / "whole")
    assert expected.cost.calls == pytest.approx(took.calls, rel=0.2)
    assert expected.cost.prompt == pytest.approx(took.spent.prompt, rel=0.2)
    assert expected.cost.completion == pytest.approx(took.spent.completion, rel=0.2)
    assert took.spent.calls == pytest.approx(took.calls)
