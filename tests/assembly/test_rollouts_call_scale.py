"""Rollouts of a file: what is offered is counted, shards are the whole, and a resume goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from synthtools_stream.assembly.rollouts_call import rollouts
from synthtools_stream.cli import main
from synthtools_stream.errors import TransportError
from synthtools_stream.live.tool_environment import ToolEnvironment
from synthtools_stream.proof.certificate import json_digest
from synthtools_stream.records import Fault
from synthtools_stream.storage.datasets.row_loader import load_trajectories
from synthtools_stream.values.jsontypes import JsonObject, object_at
from tests.assembly.test_rollouts_call import CODED, follow, idle


def sealed(number: int) -> JsonObject:
    """Return a proven task of a coded world, under an id of its own."""
    row = CODED.model_copy(update={"id": f"freight_{number:02d}"}).to_json()
    row["certificate"] = {**object_at(row, "certificate"), "digest": json_digest(row)}
    return row


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Return a file of ten rows: eight tasks, a line that is none, and a task whose certificate is false."""
    lines = [orjson.dumps(sealed(number)) for number in range(8)]
    false = orjson.dumps({**sealed(9), "summary": "Something else."})
    path = tmp_path / "tasks.jsonl"
    path.write_bytes(b"\n".join([*lines[:4], b"{oops", false, *lines[4:]]) + b"\n")
    return path


def read(path: Path) -> Iterator[JsonObject]:
    """Yield a dataset's rows."""
    yield from map(orjson.loads, path.read_bytes().splitlines())


async def test_offered_is_done_rejected_and_failed(dataset: Path, tmp_path: Path) -> None:
    """Whatever happens to an attempt it is one of the three, once; failed ones are tried again."""
    reachable = False

    async def agent(env: ToolEnvironment) -> str:
        if env.task.id == "freight_03" and not reachable:
            raise TransportError("gone")
        return await (follow(env) if env.task.id < "freight_02" else idle(env))

    report = await rollouts(dataset, agent, tmp_path / "out", name="a", attempts=2)
    assert (report.offered, report.done, report.rejected, report.failed) == (20, 14, 4, 2)
    rejected = list(read(tmp_path / "out" / "rejected.jsonl"))
    assert sorted((row["reason"], str(row["detail"]).partition(":")[0]) for row in rejected) == [
        ("false_row", "line 6"),
        ("false_row", "line 6"),
        ("unreadable_row", "line 5"),
        ("unreadable_row", "line 5"),
    ]
    reachable = True
    report = await rollouts(dataset, agent, tmp_path / "out", name="a", attempts=2)
    assert (report.offered, report.done, report.rejected, report.failed) == (20, 16, 4, 0)
    assert (report.rates.tried, report.rates.solved) == (16, 4)
    faults = [row.fault for row in load_trajectories(report.trajectories)]
    assert (faults.count(Fault.none), faults.count(Fault.agent)) == (4, 12)


async def test_a_resume_reads_what_is_open(dataset: Path, tmp_path: Path) -> None:
    """Tasks that are settled are not read again, and those that were begun come first."""
    tried: list[str] = []
    lost = {"freight_05"}

    async def agent(env: ToolEnvironment) -> str:
        tried.append(env.task.id)
        if env.task.id in lost:
            raise TransportError("gone")
        return await idle(env)

    await rollouts(dataset, agent, tmp_path / "out", name="a", attempts=2, concurrency=1)
    assert len(tried) == 16
    tried.clear()
    lost.clear()
    await rollouts(dataset, agent, tmp_path / "out", name="a", attempts=2, concurrency=1)
    assert tried == ["freight_05"] * 2


def invoke(*arguments: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def test_shards_are_the_whole(dataset: Path, tmp_path: Path) -> None:
    """Their rows together are those of the run that is not split, ids and all; a directory keeps its shard."""
    whole = ("rollout", "--dataset", dataset, "--quiet", "--no-judge", "--rollouts", "2")
    assert invoke(*whole, "--out", tmp_path / "whole").exit_code == 0
    for number in (1, 2, 3):
        done = invoke(*whole, "--shard", f"{number}/3", "--out", tmp_path / f"part{number}")
        assert done.exit_code in (0, 1), done.output
        assert orjson.loads((tmp_path / f"part{number}" / "run.json").read_bytes())["shard"] == f"{number}/3"
    for name in ("trajectories.jsonl", "rejected.jsonl"):
        parts = [line for number in (1, 2, 3) for line in (tmp_path / f"part{number}" / name).read_bytes().splitlines()]
        assert sorted(parts) == sorted((tmp_path / "whole" / name).read_bytes().splitlines())
    for shard, told in ((("--shard", "2/3"), "shard 2/3 is asked for"), ((), "the whole is asked for")):
        refused = invoke(*whole, *shard, "--out", tmp_path / "part1")
        assert (refused.exit_code, told in refused.output) == (2, True)
        assert "holds shard 1/3" in refused.output
    assert "write 2/8" in invoke(*whole, "--shard", "4/3", "--out", tmp_path / "x").output
