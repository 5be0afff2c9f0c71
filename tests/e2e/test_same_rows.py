"""What decides the rows: the content configuration, and nothing else."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from synthtools_stream.storage.journal.outcomes import read_outcomes
from synthtools_stream.values.lineages import lineage
from tests.e2e.commands import DATASETS, SMALL, model_server, row_sets, rows, start, synthtools

FIELDS = (
    *("Genealogy", "Pharmacy", "Film Production", "Forestry", "Legal Services", "Public Transit"),
    *("Beekeeping", "Dental Care", "Wind Farms", "Public Libraries", "Ferry Operations", "Museum Collections"),
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run at the default concurrency."""
    out = tmp_path_factory.mktemp("run") / "undisturbed"
    done = synthtools("run", *SMALL, "--out", out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The embedded model behind HTTP."""
    with model_server() as url:
        yield url


def test_makes_every_dataset(undisturbed: Path) -> None:
    """A run on a bare machine makes tools, proven tasks and trajectories, and all files of the design."""
    for name in ("run.json", "journal.jsonl", "replies-000000.jsonl", "progress.jsonl", "run.lock"):
        assert (undisturbed / name).stat().st_size > 0, name
    for name in ("environments.jsonl", "tools.jsonl", "task_content.jsonl", "trajectories.jsonl"):
        assert rows(undisturbed, name), name
    assert all(row["certificate"] for row in rows(undisturbed, "task_content.jsonl"))
    verified = synthtools("verify", undisturbed)
    assert verified.returncode == 0, verified.stdout


def test_concurrency_decides_nothing(undisturbed: Path, tmp_path: Path) -> None:
    """One request at a time, with queues of size 1, gives the same rows as many."""
    out = tmp_path / "narrow"
    config = tmp_path / "narrow.toml"
    config.write_text("queue_size = 1\nlive_environments = 1\nlive_tasks = 1\n")
    done = synthtools("run", config, *SMALL, "--concurrency", "1", "--out", out)
    assert done.returncode == 0, done.stderr
    assert row_sets(out) == row_sets(undisturbed)


def test_server_gives_same_rows(undisturbed: Path, server: str, tmp_path: Path) -> None:
    """Through HTTP, at a high concurrency, the rows are those of the run in process."""
    out = tmp_path / "served"
    done = synthtools("run", *SMALL, "--server-url", server, "--concurrency", "512", "--out", out)
    assert done.returncode == 0, done.stderr
    assert row_sets(out) == row_sets(undisturbed)


def test_survives_kill(undisturbed: Path, tmp_path: Path) -> None:
    """Killed again and again at any moment, the run ends with the rows of an undisturbed one."""
    out = tmp_path / "killed"
    for wanted in (20, 90, 200):
        process = start("run", *SMALL, "--out", out, "--quiet")
        _wait_for_outcomes(process, out, wanted)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    done = synthtools("run", *SMALL, "--out", out)
    assert done.returncode == 0, done.stderr
    assert row_sets(out) == row_sets(undisturbed)


def test_recording_needs_no_model(undisturbed: Path, tmp_path: Path) -> None:
    """The recorded backend replays a run from its replies alone."""
    config = tmp_path / "recorded.toml"
    config.write_text(f'backend = "recorded"\nrecording = "{undisturbed}"\n')
    out = tmp_path / "replayed"
    done = synthtools("run", config, *SMALL, "--out", out)
    assert done.returncode == 0, done.stderr
    assert row_sets(out) == row_sets(undisturbed)


def test_finished_run_does_nothing(undisturbed: Path) -> None:
    """Running the same command again says that the run is finished and changes no log."""
    before = (undisturbed / "journal.jsonl").read_bytes()
    again = synthtools("run", *SMALL, "--out", undisturbed)
    assert again.returncode == 0
    assert "nothing to do" in again.stderr
    assert (undisturbed / "journal.jsonl").read_bytes() == before


def test_streams(tmp_path: Path) -> None:
    """The first trajectory is settled before the last tool is audited: there is no barrier between stages."""
    fields = [argument for name in FIELDS for argument in ("--field", name)]
    done = synthtools("run", *fields, "--sequences", "1", "--concurrency", "16", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    stages = [outcome.stage for outcome in read_outcomes(tmp_path)]
    last_audit = len(stages) - 1 - stages[::-1].index("auditing")
    assert stages.index("rollout") < last_audit


def test_budget_gives_subset(undisturbed: Path, tmp_path: Path) -> None:
    """--max-tasks releases so many tasks of the unlimited run, and raising it adds the rest."""
    out = tmp_path / "budget"
    first = synthtools("run", *SMALL, "--max-tasks", "2", "--out", out)
    assert first.returncode == 0, first.stderr
    whole = row_sets(undisturbed)
    few = row_sets(out)["task_content.jsonl"]
    assert len(few) == 2
    assert few.items() <= whole["task_content.jsonl"].items()
    rest = synthtools("run", *SMALL, "--out", out)
    assert rest.returncode == 0, rest.stderr
    assert row_sets(out) == whole


def test_runs_may_lie_in_one_file(undisturbed: Path, tmp_path: Path) -> None:
    """Another seed gives other ids: tasks of both runs are proven and tried from one file, and attempts join."""
    other = tmp_path / "other"
    done = synthtools("run", *SMALL, "--seed", "5", "--out", other)
    assert done.returncode == 0, done.stderr
    both = tmp_path / "both.jsonl"
    both.write_bytes(b"".join((out / "task_content.jsonl").read_bytes() for out in (undisturbed, other)))
    tasks = {str(row["id"]): row for row in rows(tmp_path, "both.jsonl")}
    assert len({lineage(name) for name in tasks}) < len(tasks) == len(both.read_bytes().splitlines())
    assert "share an id" not in synthtools("verify", both, "--strict").stdout
    tried = synthtools("rollout", "--dataset", both, "--rollouts", "2", "--out", tmp_path / "tried")
    assert tried.returncode == 0, tried.stderr
    attempts = rows(tmp_path / "tried", "trajectories.jsonl")
    assert len({str(row["id"]) for row in attempts}) == 2 * len(tasks)
    assert {str(row["task_id"]) for row in attempts} == set(tasks)
    # The very attempts that the tasks' own run made: a run part decides nothing.
    own = {str(row["id"]): row["turns"] for row in rows(undisturbed, "trajectories.jsonl")}
    again = {str(row["id"]).rpartition("@")[0]: row["turns"] for row in attempts}
    assert own.items() <= again.items()


def test_datasets_of_an_earlier_form_are_written_anew(undisturbed: Path, tmp_path: Path) -> None:
    """A run directory with native rows under bare ids, as earlier versions wrote them, goes on in today's form."""
    out = tmp_path / "old"
    assert synthtools("run", *SMALL, "--max-tasks", "2", "--out", out).returncode == 0
    for name in DATASETS:
        old = [{**row, "id": lineage(str(row["id"]))} for row in rows(out, name)]
        (out / name).write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in old))
    done = synthtools("run", *SMALL, "--out", out)
    assert done.returncode == 0, done.stderr
    assert row_sets(out) == row_sets(undisturbed)
    lines = (out / "task_content.jsonl").read_bytes().splitlines()
    assert all(isinstance(orjson.loads(line)["steps"], str) for line in lines)


def _wait_for_outcomes(process: subprocess.Popen[str], out: Path, wanted: int) -> None:
    while process.poll() is None:
        if sum(log.read_bytes().count(b'"stage"') for log in out.glob("journal*")) >= wanted:
            return
