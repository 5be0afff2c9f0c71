"""`export`: what is said, and how it ends."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from synthtools_stream.cli import main
from synthtools_stream.cli.exit_codes import DONE, NOTHING, USAGE
from synthtools_stream.export.formats import FORMATS
from synthtools_stream.storage.datasets.reader_notes import RowNote, append_note
from tests.export.exported import attempt, corpus, task


def told(*arguments: str | Path) -> Result:
    """Run one command in this process."""
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def test_rows_and_sum(tmp_path: Path) -> None:
    """A line a file; the same command once more has nothing to do."""
    run = corpus(tmp_path / "run")
    asked = (run, "--format", "openai", "--out", tmp_path / "out")
    done = told(*asked)
    assert (done.exit_code, done.stdout) == (DONE, f"{tmp_path / 'out' / 'train.jsonl'}: 2 rows\n")
    again = told(*asked)
    assert (again.exit_code, again.stdout) == (DONE, done.stdout)
    assert "finished before" in again.stderr


def test_help_names_formats_and_readers() -> None:
    """Each with who reads it."""
    page = " ".join(told("--help").stdout.split())
    for form in FORMATS.values():
        assert f"{form.name} {form.read_by.split()[0]}" in page


def test_unknown_format(tmp_path: Path) -> None:
    """The nearest is suggested."""
    done = told(corpus(tmp_path / "run"), "--format", "opnai", "--out", tmp_path / "out")
    assert done.exit_code == USAGE
    assert "did you mean 'openai'?" in done.stderr
    assert not (tmp_path / "out").exists()


def test_empty_selection(tmp_path: Path) -> None:
    """One line, nothing is written."""
    run = corpus(tmp_path / "run")
    done = told(run, "--format", "openai", "--out", tmp_path / "out", "--fields", "Horses")
    assert done.exit_code == NOTHING
    assert done.stderr.splitlines()[-1] == ("synthtools-stream: nothing to write: no task is of the field 'Horses'")
    told_why = told(run, "--format", "trl-preference", "--out", tmp_path / "out").stderr.splitlines()[-1]
    assert told_why == "synthtools-stream: nothing to write: all that was chosen is left out: 1 no_difference"
    assert not (tmp_path / "out").exists()
    none = told(run, "--format", "openai", "--out", tmp_path / "out", "--max-length", "1")
    assert "no row is what the options ask for" in none.stderr


def test_sample(tmp_path: Path) -> None:
    """So many tasks, or as many as the other options leave; what is no quota is refused before anything is made."""
    tasks = [task(f"{letter}_spec_000_seq01", letter) for letter in "abc"]
    run = corpus(tmp_path / "run", tasks)
    asked = (run, "--format", "openai", "--sample", "2")
    done = told(*asked, "--out", tmp_path / "two")
    assert (done.exit_code, done.stdout) == (DONE, f"{tmp_path / 'two' / 'train.jsonl'}: 4 rows\n")
    one = told(*asked, "--no-near-duplicates", "--quota", "field=1", "--out", tmp_path / "one")
    assert one.exit_code == DONE
    assert "1 task of 2: the other options leave no more" in one.stderr
    assert "left out: 2 near_duplicate" in one.stderr
    bad = told(*asked, "--quota", "colour=3", "--out", tmp_path / "bad")
    assert (bad.exit_code, (tmp_path / "bad").exists()) == (USAGE, False)
    assert "--quota colour=3: write field=20" in bad.stderr


def test_left_out_rows_are_counted(tmp_path: Path) -> None:
    """With where the reasons stand."""
    silent = attempt(1, messages=attempt(0).messages[:2])
    run = corpus(tmp_path / "run", [task()], [attempt(0), silent])
    done = told(run, "--format", "openai", "--out", tmp_path / "out")
    assert done.exit_code == DONE
    assert f"left out: 1 nothing_said; see {tmp_path / 'out' / 'left_out.jsonl'}" in done.stderr


def test_bad_split(tmp_path: Path) -> None:
    """Nothing is begun."""
    done = told(corpus(tmp_path / "run"), "--format", "openai", "--out", tmp_path / "out", "--split", "train=1,test=1")
    assert done.exit_code == USAGE
    assert not (tmp_path / "out").exists()


def test_attempts_in_json_mode(tmp_path: Path) -> None:
    """Their system message would teach calls as text: what helps is named, unless it was asked for."""
    run = corpus(tmp_path / "run", [task()], [attempt(0, mode="json")])
    told_once = told(run, "--format", "openai", "--out", tmp_path / "out")
    assert "--system now leaves that out" in told_once.stderr
    assert "--system" not in told(run, "--format", "openai", "--out", tmp_path / "now", "--system", "now").stderr
    assert "--system" not in told(corpus(tmp_path / "native"), "--format", "openai", "--out", tmp_path / "n").stderr


def test_only_what_is_labelled(tmp_path: Path) -> None:
    """Another label is another export; a label that nobody gave, and a word that is none, are told."""
    run = corpus(tmp_path / "run")
    asked = (run, "--format", "openai", "--out", tmp_path / "out", "--only")
    nobody = told(*asked, "labelled:good")
    assert (nobody.exit_code, nobody.stderr.splitlines()[-1]) == (
        USAGE,
        "synthtools-stream: no task and no attempt is labelled 'good'; there is no labels.jsonl yet: see `view`",
    )
    append_note(run, RowNote("attempts", attempt(1).id, "good", "", ""))
    assert told(*asked, "labelled:good").stdout == f"{tmp_path / 'out' / 'train.jsonl'}: 1 row\n"
    append_note(run, RowNote("attempts", attempt(0).id, "good", "", ""))
    assert told(*asked, "labelled:good").exit_code == USAGE
    assert "labels are good" in told(*asked, "labelled:bad").stderr
    assert "--only 'best' is none of passed, failed, proven and labelled:WORD" in told(*asked, "best").stderr
