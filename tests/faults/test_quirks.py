"""Whole rollouts against servers with habits, alone and together: what comes of them, and where they stop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from synthtools_stream.assembly import RunSummary, from_tasks, run_pipeline
from synthtools_stream.assembly.task_file import open_tasks
from synthtools_stream.config import RunConfig
from synthtools_stream.embedded import EmbeddedRates
from synthtools_stream.errors import BackendGone, SynthToolsError, UsageError
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.outcomes import read_outcomes
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.values.lineages import lineage
from tests.e2e.commands import rows
from tests.faults import faultkit
from tests.faults.quirkkit import QUIRKS, quirky

PERFECT: JsonObject = {**asdict(EmbeddedRates.none())}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two proven tasks."""
    out = tmp_path_factory.mktemp("quirks") / "tasks"
    options: JsonObject = {"embedded": PERFECT, "stop_after": "summarizing"}
    asyncio.run(faultkit.run(out, more=options, sequences=2, max_tasks=2))
    return out / "task_content.jsonl"


async def roll_out(
    dataset: Path, out: Path, quirks: Sequence[str], mode: str, base: str = "", rollouts: int = 1
) -> RunSummary:
    """Roll the tasks out against a server with these habits."""
    source = open_tasks(dataset)
    async with quirky([QUIRKS[name]() for name in quirks]) as server:
        config = RunConfig.build(
            {
                "backend": "http",
                "server_url": [server.url + base],
                "model": "embedded-procedural/1",
                "mode": mode,
                "start": "tasks",
                "rollouts": rollouts,
                "retry_delay_s": 0.005,
            }
        )
        start = from_tasks(source, len(source))
        return await run_pipeline(config, start, out, show=lambda _: None, notice=lambda _: None)


def attempts(out: Path) -> dict[str, Json]:
    """Return what each attempt did, and how it ended."""
    found: dict[str, Json] = {}
    for row in rows(out, "trajectories.jsonl"):
        turns = row["turns"]
        made: list[Json] = [turn["call"] for turn in turns if isinstance(turn, dict)] if isinstance(turns, list) else []
        found[lineage(str(row["id"]))] = {
            "verdict": object_at(row, "verdict")["kind"],
            "calls": made,
            "stop": row["stop_reason"],
        }
    return found


@pytest.fixture(scope="module")
def undisturbed(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Json]]:
    """What comes of a server without habits, in either mode."""
    found: dict[str, dict[str, Json]] = {}
    for mode in ("json", "native"):
        out = tmp_path_factory.mktemp("plain") / mode
        asyncio.run(roll_out(dataset, out, (), mode))
        found[mode] = attempts(out)
        assert "solved" in [object_at(found[mode], name)["verdict"] for name in found[mode]]
    return found


@pytest.mark.parametrize(
    ("quirks", "mode", "base"),
    [
        (("length",), "native", ""),
        (("call ids",), "native", ""),
        (("no system",), "json", ""),
        (("turns",), "native", ""),
        (("answer elsewhere",), "json", ""),
        (("parts",), "json", ""),
        (("calls as text",), "native", ""),
        (("garbled",), "json", ""),
        (("bare base",), "json", "/openai/chat/completions"),
        (("length", "call ids", "no system"), "native", ""),
        (("no system", "turns", "thinks aloud"), "native", ""),
        (("call ids", "double arguments", "no usage"), "native", ""),
        (("no list", "own base", "length"), "json", "/api/paas/v4"),
        (("no list", "bare base", "no top_p"), "native", "/openai"),
        (("answer elsewhere", "no usage", "garbled"), "json", ""),
        (("garbled", "call ids", "thinks aloud"), "native", ""),
        (("no tools", "no system"), "json", ""),
        (("all calls as text", "parts"), "json", ""),
    ],
)
async def test_the_same_comes_of_it(
    quirks: tuple[str, ...],
    mode: str,
    base: str,
    dataset: Path,
    undisturbed: dict[str, dict[str, Json]],
    tmp_path: Path,
) -> None:
    """What a server takes and how it puts its answers change nothing of what the agents do."""
    summary = await roll_out(dataset, tmp_path / "run", quirks, mode, base)
    assert summary.failed == 0
    assert attempts(tmp_path / "run") == undisturbed[mode]


@pytest.mark.parametrize(
    ("quirks", "mode", "base", "kind", "words"),
    [
        (("no tools",), "native", "", UsageError, "refuses tools.*--mode json"),
        (("no tools", "no system", "length"), "native", "", UsageError, "refuses tools.*--mode json"),
        (("all calls as text", "thinks aloud"), "native", "", UsageError, "hands every call on as text"),
        (("own base", "no list"), "json", "/api/paas", UsageError, "is no OpenAI-compatible server"),
    ],
)
async def test_what_cannot_be_mended_stops_at_start(
    quirks: tuple[str, ...],
    mode: str,
    base: str,
    kind: type[SynthToolsError],
    words: str,
    dataset: Path,
    tmp_path: Path,
) -> None:
    """Where no run can come of it, one line says why before anything is made."""
    with pytest.raises(kind, match=words) as caught:
        await roll_out(dataset, tmp_path / "run", quirks, mode, base)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


async def test_one_roles_unreadable_answers_fail_its_items_alone(dataset: Path, tmp_path: Path) -> None:
    """While other requests are answered well, what is answered unreadably fails for that reason, and nothing else."""
    summary = await roll_out(dataset, tmp_path / "run", ("garbles judges",), "json")
    failed = [outcome for outcome in read_outcomes(tmp_path / "run") if outcome.kind is OutcomeKind.FAILED]
    assert len(failed) == summary.failed == 2
    assert {outcome.reason for outcome in failed} == {"unreadable"}
    assert all('not a chat completion: {"choices":[]}' in outcome.detail for outcome in failed)


async def test_nothing_but_unreadable_answers_stop_the_run(dataset: Path, tmp_path: Path) -> None:
    """A server that answers unreadably and nothing else stops the run, quoting what came; it can be resumed."""
    with pytest.raises(
        BackendGone, match=r"different requests in a row, and no answer of use: .*not a chat completion"
    ):
        await roll_out(dataset, tmp_path / "run", ("garbles all",), "json", rollouts=4)
    assert (tmp_path / "run").exists()
    assert (await roll_out(dataset, tmp_path / "run", (), "json", rollouts=4)).failed == 0
