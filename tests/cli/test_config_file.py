"""Every option of a command also stands in its TOML file, and flags win."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.commands import rows
from tests.faults.faultkit import FIELD, invoke

SAMPLE = Path(__file__).parents[1] / "data" / "samples" / "task_content.jsonl"


def config(tmp_path: Path, text: str) -> Path:
    """Write a configuration file."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


def test_options_of_the_command_stand_in_the_file(tmp_path: Path) -> None:
    """Where to, which file of fields, how far, and whether quietly, are read from the file; prices beside them."""
    (tmp_path / "fields.txt").write_text(f"{FIELD}\nGenealogy\n")
    file = config(
        tmp_path,
        f"""
        out = "{tmp_path / "run"}"
        fields_file = "{tmp_path / "fields.txt"}"
        stop_after = "generation"
        quiet = true
        [prices]
        prompt = 1.0
        """,
    )
    done = invoke("run", file)
    assert done.exit_code == 0, done.output
    assert "generation" not in done.stderr, "it is quiet"
    assert {str(row["field"]) for row in rows(tmp_path / "run", "environments.jsonl")} == {FIELD, "Genealogy"}


@pytest.mark.parametrize("keys", ['fields = ["Genealogy"]', 'fields_file = "nowhere.txt"', 'field = ["Genealogy"]'])
def test_flags_win(keys: str, tmp_path: Path) -> None:
    """A flag takes the place of what the file says, whichever way the file says it."""
    file = config(tmp_path, f'{keys}\nout = "nowhere"\nstop_after = "auditing"')
    out = tmp_path / "run"
    done = invoke("run", file, "--field", FIELD, "--stop-after", "generation", "--out", out)
    assert done.exit_code == 0, done.output
    assert [row["field"] for row in rows(out, "environments.jsonl")] == [FIELD]
    assert rows(out, "tools.jsonl") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('start = "tasks"', "'start' follows from what the run is started from"),
        ('dataset = "x"', "'dataset' follows from"),
        ("quiet = 'perhaps'", "Invalid value for '--quiet'"),
        ("out = ''", "must name a directory"),
        ("outt = 'x'", "there is no configuration key 'outt'"),
        ("tasks = [1]", "tasks: must be a single value"),
        ('field = "Genealogy"', "field: must be a list of texts"),
        ("\udcff = 1", "is not UTF-8 text (byte 0)"),
        ("[", "is not valid TOML"),
    ],
)
def test_bad_files_are_refused(text: str, said: str, tmp_path: Path) -> None:
    """What cannot be read, is no option, or cannot be set, is told in one line; nothing is made."""
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    done = invoke("run", path, *(() if text.startswith("out ") else ("--out", tmp_path / "run")))
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    assert said in line
    assert not (tmp_path / "run").exists()


def test_rollouts_have_a_file_too(tmp_path: Path) -> None:
    """`rollout --config` reads its options, and what has no flag, such as prices; --max-cost then has a meaning."""
    file = config(tmp_path, f'dataset = "{SAMPLE}"\nlimit = 3\nrollouts = 2\n[prices]\nprompt = 1.0\n')
    done = invoke("rollout", "--config", file, "--dry-run")
    assert done.stdout.splitlines()[-1] == "3 tasks, 6 rollouts", done.output
    out = tmp_path / "run"
    done = invoke("rollout", "--config", file, "--limit", "1", "--max-cost", "100", "--out", out)
    assert done.exit_code == 0, done.output
    assert len(rows(out, "trajectories.jsonl")) == 2
    assert " USD" in done.stderr
    assert "needs prices" in invoke("rollout", "--dataset", SAMPLE, "--max-cost", "1", "--out", tmp_path / "b").stderr
