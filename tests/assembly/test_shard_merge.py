"""Shards of a run, merged: the bytes of the run that was not split, also after a kill."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest
from click.testing import Result

from synthtools_stream.assembly.dataset_rows import DATASETS
from synthtools_stream.assembly.shard_merge import merge_shards
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.rundir.shard_runs import UnfitShards
from tests.faults.faultkit import invoke

FIELDS = ("Maritime Shipping", "Hotels", "Bee Keeping")
SHARDS = 2


def made(out: Path, *more: str | Path) -> Result:
    """Run the command to its end."""
    named = [word for field in FIELDS for word in ("--field", field)]
    return invoke("run", *named, "--sequences", "2", "--rollouts", "1", "--quiet", "--out", out, *more)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the whole of a run, and with its shards."""
    at = tmp_path_factory.mktemp("corpus")
    assert made(at / "whole").exit_code == 0
    for number in range(1, SHARDS + 1):
        assert made(at / f"shard-{number}-of-{SHARDS}", "--shard", f"{number}/{SHARDS}").exit_code == 0
    return at


def by_id(path: Path) -> bytes:
    """Return a dataset's lines in the order of a merge."""
    lines = {str(orjson.loads(line)["id"]).encode(): line for line in path.read_bytes().splitlines()}
    return b"".join(lines[name] + b"\n" for name in sorted(lines))


def test_rows_of_the_whole(corpus: Path, tmp_path: Path) -> None:
    """Datasets are those of the unsplit run, sorted; what was spent adds up; a second merge does nothing."""
    summary = merge_shards([corpus], tmp_path / "merged")
    for name in DATASETS.values():
        assert (tmp_path / "merged" / name).read_bytes() == by_id(corpus / "whole" / name), name
    assert (summary.shards, summary.doubled, summary.done_before) == (SHARDS, 0, False)
    assert summary.rows["environments"] == len(FIELDS)
    record = orjson.loads((tmp_path / "merged" / "run.json").read_bytes())
    status = orjson.loads(invoke("status", corpus / "whole", "--json").stdout)
    assert record["merged"]["spent"]["requests"] == status["requests"]["total"]
    assert record["merged"]["spent"]["tokens"]["prompt"] == status["tokens"]["prompt"]
    whole = orjson.loads((corpus / "whole" / "run.json").read_bytes())
    assert {**record["content"]} == {**whole["content"]}
    again = merge_shards([corpus], tmp_path / "merged")
    assert (again.done_before, again.rows) == (True, {})


def test_goes_on_after_a_kill(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was merged before a kill is not merged again; no half of a file is left."""
    merge_shards([corpus], tmp_path / "merged")
    record = orjson.loads((tmp_path / "merged" / "run.json").read_bytes())
    del record["datasets"]["trajectories"], record["datasets"]["rejected"]
    (tmp_path / "merged" / "run.json").write_bytes(orjson.dumps({**record, "finished": None}))
    (tmp_path / "merged" / "trajectories.jsonl").unlink()
    summary = merge_shards([corpus], tmp_path / "merged")
    assert [*summary.rows] == ["trajectories", "rejected"]
    assert (tmp_path / "merged" / "trajectories.jsonl").read_bytes() == by_id(corpus / "whole" / "trajectories.jsonl")


def test_a_merge_is_a_corpus(corpus: Path, tmp_path: Path) -> None:
    """What reads a run reads it: stats, verify, export, rollout, status; a run in it is refused."""
    out = tmp_path / "merged"
    merge_shards([corpus], out)
    for command in (
        ("stats", out),
        ("verify", "--strict", out / "task_content.jsonl"),
        ("export", out, "--format", "openai", "--out", tmp_path / "rows"),
        ("rollout", "--dataset", out / "task_content.jsonl", "--limit", "1", "--quiet", "--out", tmp_path / "tried"),
        ("status", out),
    ):
        done = invoke(*command)
        assert done.exit_code == 0, (command, done.output)
    (figures,) = [orjson.loads(invoke("stats", path, "--json").stdout)["sections"] for path in (out,)]
    whole = orjson.loads(invoke("stats", corpus / "whole", "--json").stdout)["sections"]
    assert figures["yields"] == whole["yields"]
    assert figures["cost"]["calls"] == whole["cost"]["calls"]
    refused = made(out)
    assert (refused.exit_code, "holds merged shards" in refused.output) == (2, True)
    assert "tail a shard" in invoke("tail", out).output


def test_what_stands_in_the_way(corpus: Path, tmp_path: Path) -> None:
    """A shard that is missing, touched rows, and a directory that is another's are told, and nothing is made."""
    first, second = (corpus / f"shard-{number}-of-{SHARDS}" for number in (1, 2))
    done = invoke("merge", first, "--out", tmp_path / "merged")
    assert (done.exit_code, done.output) == (
        2,
        "synthtools-stream: shard 2/2 is missing; run it, and name its directory\n",
    )
    assert not (tmp_path / "merged").exists()
    shutil.copytree(second, tmp_path / "touched")
    (tmp_path / "touched" / "tools.jsonl").write_bytes(b"")
    with pytest.raises(UnfitShards, match="not as its run left it"):
        merge_shards([first, tmp_path / "touched"], tmp_path / "merged")
    for out, told in ((first, "is one of the shards"), (corpus / "whole", "holds a run, and no merge")):
        with pytest.raises(RunDirectoryError, match=told):
            merge_shards([corpus], out)


def test_an_empty_part(tmp_path: Path) -> None:
    """A shard to which no field falls ends well, and its directory counts."""
    done = invoke("run", "--field", "Hotels", "--quiet", "--shard", "2/3", "--out", tmp_path / "part")
    assert (done.exit_code, "holds nothing of this run" in done.output) == (0, True)
    assert orjson.loads((tmp_path / "part" / "run.json").read_bytes())["finished"] is not None


@pytest.mark.parametrize("text", ["", "/16"])
def test_a_variable_that_is_not_set(tmp_path: Path, text: str) -> None:
    """An empty number makes no run, neither of the whole nor of a part."""
    done = made(tmp_path / "out", "--shard", text)
    assert (done.exit_code, "is the variable set" in done.output) == (2, True)
    assert not (tmp_path / "out").exists()
