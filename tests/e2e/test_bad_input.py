"""Bad input gets one clear line and the right exit code, and harms nothing on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.storage.rundir.run_lock import RunLock
from tests.e2e.commands import model_server, rows, synthtools

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
TINY = ("--field", "Genealogy", "--sequences", "1", "--rollouts", "0")


def refused(*arguments: str | Path) -> str:
    """Run a command that must be refused, in this process for speed, and return its one line."""
    done = CliRunner().invoke(main, [*map(str, arguments)])
    assert done.exit_code == 2, (done.exit_code, done.stderr)
    assert isinstance(done.exception, SystemExit)
    assert done.stdout == ""
    return done.stderr.strip()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fields-file", "nowhere.txt"), "nowhere.txt: there is no such fields file"),
        (("--field", ""), "fields.0: must not be empty"),
        (("--field", "A", "--field", "A"), "field 'A' is named twice"),
        (("--subfields", "0"), "subfields: must be 1 or more"),
        (("--rollouts", "-1"), "rollouts: must be 0 or more"),
        (("--concurrency", "0"), "concurrency: must be 1 or more"),
        (("--min-reliability", "2"), "min_reliability: must be 1.0 or less"),
        (("--model", "gpt-x"), "the embedded model is called"),
        (("--backend", "http"), "needs at least one --server-url"),
        (("--server-url", "http://127.0.0.1:9"), "no server answers at http://127.0.0.1:9"),
        (("--environments", "a.jsonl", "--tasks", "b.jsonl"), "exclude each other"),
        (("--resummarize",), "--resummarize needs --tasks"),
        (("nowhere.toml",), "nowhere.toml: there is no such configuration file"),
    ],
)
def test_bad_options_refused(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Each bad option is refused in one line that says what and where."""
    line = refused("run", *arguments, "--out", tmp_path / "run")
    assert said in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subfeilds = 2", "did you mean 'subfields'?"),
        ("[audit]\nrepeat = 2", "did you mean 'audit.repeats'?"),
        ("seed = ", "is not valid TOML"),
        ("seed = 'x'", "seed: must be a whole number"),
    ],
)
def test_bad_config_refused(text: str, said: str, tmp_path: Path) -> None:
    """A configuration key that does not exist is answered with the nearest one, and the file is named."""
    config = tmp_path / "config.toml"
    config.write_text(text)
    line = refused("run", config, "--out", tmp_path / "run")
    assert said in line
    assert str(config) in line


def test_mistake_of_a_flag_is_not_the_files(tmp_path: Path) -> None:
    """A flag that is wrong is told as it is, though a file stands beside it that names the same key."""
    config = tmp_path / "config.toml"
    config.write_text("subfields = 3")
    line = refused("run", config, "--subfields", "900", "--out", tmp_path / "run")
    assert "subfields: must be 40 or less" in line
    assert str(config) not in line


def test_absent_model_lists_others(tmp_path: Path) -> None:
    """A model that the server lacks is answered with those that it has."""
    with model_server() as url:
        line = refused("run", *TINY, "--server-url", url, "--model", "gpt-x", "--out", tmp_path / "run")
    assert "has no model 'gpt-x'; it has: embedded-procedural/1" in line


def test_colliding_slugs_stay_apart(tmp_path: Path) -> None:
    """Fields whose slugs collide or are empty get ids of their own."""
    out = tmp_path / "run"
    done = synthtools(
        "run", "--field", "R&D", "--field", "R D", "--field", "航空", "--stop-after", "generation", "--out", out
    )
    assert done.returncode == 0, done.stderr
    assert len({str(row["id"]) for row in rows(out, "environments.jsonl")}) == 3


def test_run_directory_protected(tmp_path: Path) -> None:
    """A run directory of another configuration, in use, or that is no directory, is left as it is."""
    out = tmp_path / "run"
    assert synthtools("run", *TINY, "--stop-after", "generation", "--out", out).returncode == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert "seed: 0 -> 7" in refused("run", *TINY, "--seed", "7", "--out", out)
    with RunLock(out):
        assert "is in use by process" in refused("run", *TINY, "--out", out)
    after = {path.name: path.read_bytes() for path in out.iterdir()}
    assert {name for name in before if before[name] != after[name]} <= {"run.lock"}
    (tmp_path / "file").write_text("")
    assert refused("run", *TINY, "--out", tmp_path / "file").endswith("file: cannot be made: File exists")
    assert refused("run", *TINY, "--out", tmp_path / "file" / "x").endswith("x: cannot be made: Not a directory")
    (out / "run.json").write_text("{}")
    assert "is no run of format" in refused("run", *TINY, "--out", out)


def test_bad_rows_skipped(tmp_path: Path) -> None:
    """Bad rows of a dataset are named, skipped and counted; --strict stops at the first."""
    dataset = tmp_path / "tasks.jsonl"
    good = (SAMPLES / "task_content.jsonl").read_text()
    broken = '{"id": "x", "field": "f", "summary": "s", "tools": [], "gt_tool_calls": ["Absent(a=1)"]}'
    dataset.write_text("no json\n" + broken + "\n" + good)
    done = synthtools("rollout", "--dataset", dataset, "--out", tmp_path / "out", "--quiet")
    assert done.returncode == 0, done.stderr
    assert f"skipped: {dataset}:1:" in done.stderr
    assert f"skipped: {dataset}:2:" in done.stderr
    assert len(rows(tmp_path / "out", "trajectories.jsonl")) == 4
    assert "unproven" in done.stdout
    assert f"{dataset}:1:" in refused("rollout", "--dataset", dataset, "--out", tmp_path / "other", "--strict")
    verified = synthtools("verify", dataset)
    assert verified.returncode == 1
    assert "2 failed" in verified.stdout


def test_start_from_files(tmp_path: Path) -> None:
    """Every stage runs alone: what one run wrote, another begins with."""
    whole = tmp_path / "whole"
    assert synthtools("run", *TINY, "--out", whole).returncode == 0
    for flag, name in (
        ("--environments", "environments.jsonl"),
        ("--tools", "tools.jsonl"),
        ("--tasks", "task_content.jsonl"),
    ):
        source = shutil.copy(whole / name, tmp_path / name)
        out = tmp_path / flag.strip("-")
        done = synthtools("run", flag, source, "--sequences", "1", "--out", out)
        assert done.returncode == 0, done.stderr
        assert rows(out, "trajectories.jsonl")
    again = tmp_path / "again"
    done = synthtools("run", "--tasks", tmp_path / "task_content.jsonl", "--resummarize", "--out", again)
    assert done.returncode == 0, done.stderr
    anew, first = ([str(row["id"]) for row in rows(out, "task_content.jsonl")] for out in (again, whole))
    assert [name.rpartition("@")[0] for name in anew] == first
