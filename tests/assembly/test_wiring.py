"""The whole pipeline over a scripted model: the same rows at any size, after any stop, within any quota."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from synthtools_stream.asking.role_router import Router
from synthtools_stream.assembly.dataset_rows import rows_of
from synthtools_stream.assembly.row_ids import RowIds
from synthtools_stream.assembly.run_inputs import Start, from_fields, from_tasks
from synthtools_stream.assembly.wiring import STAGES, Pipeline, Wiring
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import TransportError
from synthtools_stream.recorded.scripted_model import Answer, ScriptedModel
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal, read_outcomes
from synthtools_stream.values.jsontypes import JsonObject
from tests.assembly.wiringkit import stable, summarize, write
from tests.stages.evolution.evolutionkit import released
from tests.stages.stagekit import Stable, part, shown

CONTENT: JsonObject = {
    "strategy": "llm",
    "sequences": 3,
    "sequence_length": 3,
    "subfields": 2,
    "scenarios": 2,
    "audit": {"repeats": 1},
}
TIGHT: JsonObject = {"concurrency": 1, "queue_size": 1, "live_environments": 1, "live_tasks": 1}
CAST = Router(ScriptedModel([], model="m"))
FIELDS = from_fields(["Horses", "R&D"])


async def run(directory: Path, model: Stable, options: JsonObject, start: Start = FIELDS) -> Pipeline:
    """Run the pipeline on a directory's journal."""
    await asyncio.to_thread(directory.mkdir, exist_ok=True)
    journal = await Journal.open(directory, "digest")
    try:
        config = RunConfig.build({**CONTENT, **options})
        pipeline = Wiring(config, journal, model.asker, CAST, "p").build(start)
        async with asyncio.timeout(60):
            await pipeline.run()
        demand = pipeline.demand
        assert not any(pool.live for pool in (demand.fields, demand.subfields, demand.environments, demand.tasks))
        return pipeline
    finally:
        await journal.aclose()


def outcomes(directory: Path) -> dict[tuple[str, str], Outcome]:
    """Return the last outcome of each item of each stage, without what the clock says of it."""
    return {(outcome.stage, outcome.item): replace(outcome, timing={}) for outcome in read_outcomes(directory)}


def count(directory: Path, stage: str, kind: OutcomeKind = OutcomeKind.DONE) -> int:
    """Count the items of a stage that ended so."""
    return sum(outcome.kind is kind for (name, _), outcome in outcomes(directory).items() if name == stage)


async def test_any_size_same_rows(tmp_path: Path) -> None:
    """One at a time and everything at once give the same outcomes, fan-in and rejects included, without deadlock."""
    await run(tmp_path / "tight", stable(), TIGHT)
    await run(tmp_path / "wide", stable(), {"concurrency": 32})
    tight = outcomes(tmp_path / "tight")
    assert tight == outcomes(tmp_path / "wide")
    assert count(tmp_path / "tight", "sequencing") == 8
    assert count(tmp_path / "tight", "auditing", OutcomeKind.REJECTED) == 8
    assert count(tmp_path / "tight", "generation.tool", OutcomeKind.REJECTED) == 8
    assert count(tmp_path / "tight", "summarizing") == count(tmp_path / "tight", "rollout") == 24
    kinds = [row.kind for outcome in tight.values() for row in rows_of(outcome, RowIds("", "fields"))]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "environments": 8,
        "tools": 24,
        "tasks": 24,
        "trajectories": 24,
        "rejected": 16,
    }


async def test_finished_run_asks_nothing(tmp_path: Path) -> None:
    """A run whose journal knows everything asks nobody and adds nothing."""
    await run(tmp_path, stable(), {})
    before = (tmp_path / "journal.jsonl").read_bytes()
    silent = Stable()
    await run(tmp_path, silent, TIGHT)
    assert silent.calls.total() == 0
    assert (tmp_path / "journal.jsonl").read_bytes() == before


async def test_failed_tool_fails_environment(tmp_path: Path) -> None:
    """A tool that failed leaves its environment failed; the next run makes up for both and for nothing else."""
    faults = 1

    def shaky(request: ChatRequest) -> Answer:
        nonlocal faults
        if faults and part(shown(request, "signature"), "tool_name") == "MoveHorse":
            faults -= 1
            return TransportError("gone")
        return write(request)

    await run(tmp_path, stable(tool=shaky), TIGHT)
    assert count(tmp_path, "generation.tool", OutcomeKind.FAILED) == 1
    assert count(tmp_path, "sequencing", OutcomeKind.FAILED) == 1
    again = stable()
    await run(tmp_path, again, TIGHT)
    assert count(tmp_path, "sequencing") == 8
    assert (again.calls["tool"], again.calls["blueprint"], again.calls["proposer"]) == (1, 0, 1)


async def test_quota_is_exact_and_can_be_raised(tmp_path: Path) -> None:
    """At most so many tasks are released, and raising the number adds the rest."""
    await run(tmp_path / "all", stable(), {})
    for quota in (1, 5, 24, None):
        await run(tmp_path / "some", stable(), {"max_tasks": quota, "concurrency": 4})
        assert count(tmp_path / "some", "summarizing") == (quota or 24)
    assert outcomes(tmp_path / "some") == outcomes(tmp_path / "all")


async def test_quota_bounds_what_is_begun(tmp_path: Path) -> None:
    """However much may be alive, no more is begun than the number of tasks needs: one of eight environments."""
    model = stable()
    await run(tmp_path, model, {"max_tasks": 3, "concurrency": 64})
    assert {stage: count(tmp_path, stage) for stage in ("generation.subfields", "generation.scenarios")} == {
        "generation.subfields": 1,
        "generation.scenarios": 1,
    }
    assert (model.calls["blueprint"], model.calls["proposer"], model.calls["summarizer"]) == (1, 1, 3)


async def test_lost_tasks_are_made_up_for(tmp_path: Path) -> None:
    """Where tasks are rejected, more environments are begun until the number is there."""

    def lost(request: ChatRequest) -> Answer:
        return "I would rather not." if request.session == "horses_spec_000" else summarize(request)

    await run(tmp_path, stable(summarizer=lost), {"max_tasks": 3, "concurrency": 64})
    assert count(tmp_path, "summarizing") == 3
    assert count(tmp_path, "sequencing") == 2


async def test_met_quota_asks_nothing(tmp_path: Path) -> None:
    """What an earlier session left half-made is left alone where the number of tasks is there already."""
    await run(tmp_path, stable(), {"max_tasks": 3})
    await run(tmp_path, stable(), {"stop_after": "generation"})
    before = (tmp_path / "journal.jsonl").read_bytes()
    silent = Stable()
    await run(tmp_path, silent, {"max_tasks": 3, "concurrency": 64})
    assert silent.calls.total() == 0
    assert (tmp_path / "journal.jsonl").read_bytes() == before


async def test_quota_of_somebodys_tasks(tmp_path: Path) -> None:
    """Of a file of tasks no more are rolled out than asked for, and raising the number adds the rest."""
    task = await released()
    tasks = [task.model_copy(update={"id": f"t{number}"}) for number in range(5)]
    for quota in (2, 2, 3, None):
        options: JsonObject = {**TIGHT, "max_tasks": quota, "rollouts": 2}
        await run(tmp_path, stable(), options, from_tasks(tasks, 5))
        assert count(tmp_path, "rollout") == 2 * (quota or 5)


@pytest.mark.parametrize("last", STAGES)
async def test_stop_after(tmp_path: Path, last: str) -> None:
    """A run that stops after a stage has that stage's items and nothing behind it; going on adds the rest."""
    pipeline = await run(tmp_path, stable(), {"stop_after": last, "subfields": 1, "scenarios": 1})
    assert pipeline.stages == list(STAGES[: STAGES.index(last) + 1])
    assert {stage.partition(".")[0] for stage, _ in outcomes(tmp_path)} == set(pipeline.stages)


async def test_fields_get_their_shares(tmp_path: Path) -> None:
    """So many sequences as their weight says; environments that get none are never begun."""
    targets: JsonObject = {"fields": {"Horses": 5, "R*": 1}}
    options: JsonObject = {"targets": targets, "fields": ["Horses", "R&D"], "sequences": 1, "stop_after": "sequencing"}
    await run(tmp_path / "run", stable(), options)
    made = {
        item: len(one.outputs) for (stage, item), one in outcomes(tmp_path / "run").items() if stage == "sequencing"
    }
    assert made == {
        "horses_spec_000": 2,
        "horses_spec_001": 2,
        "horses_spec_002": 2,
        "horses_spec_003": 1,
        "r_d_spec_000": 1,
    }
    without: JsonObject = {**options, "targets": {"fields": {"R&D": 1}}}
    await run(tmp_path / "other", stable(), without)
    assert not any(item.startswith("horses") for _, item in outcomes(tmp_path / "other"))
