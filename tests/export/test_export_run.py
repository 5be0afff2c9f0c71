"""An export from its first row to its card, and one that was killed."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthtools_stream.export.export_run as export_run
from synthtools_stream.errors import UsageError
from synthtools_stream.export.corpus import Kind, open_corpus
from synthtools_stream.export.export_folder import LEFT_OUT, MANIFEST, ExportFolder
from synthtools_stream.export.export_format import Choices
from synthtools_stream.export.export_run import CARD, ExportRun
from synthtools_stream.export.formats import format_named
from synthtools_stream.export.selection import Only, Selection
from synthtools_stream.export.split import Split
from tests.export.exported import attempt, corpus, export, rows, task, unheard

TASKS = [task(f"{letter}_spec_000_seq0{number}") for letter in "abcdefghij" for number in (1, 2)]


def files(folder: Path) -> dict[str, bytes]:
    """Return all that stands in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_parts_share_no_world(tmp_path: Path) -> None:
    """Both tasks of an environment, with all attempts, are in one part."""
    run = corpus(tmp_path / "run", TASKS)
    folder = export(run, "openai", tmp_path / "out", split="train=0.8,test=0.2")
    assert folder.lines == {"train.jsonl": 32, "test.jsonl": 8}
    assert len(rows(tmp_path / "out" / "test.jsonl")) == 8


class Killed(Exception):
    """Stands for the end of a process."""


@pytest.mark.parametrize("kills", [1, 3, 7])
def test_killed_export_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int) -> None:
    """With what stands there at the last checkpoint, to the same bytes."""
    monkeypatch.setattr(export_run, "_AT_ONCE", 2)
    run = corpus(tmp_path / "run", TASKS)
    export(run, "openai", tmp_path / "whole", split="train=0.8,test=0.2")

    class Breaks(ExportFolder):
        left = 0

        def checkpoint(self, *, finished: bool = False) -> None:
            self._write()  # what is on disk, but not yet good
            if Breaks.left == 0:
                raise Killed
            Breaks.left -= 1
            super().checkpoint(finished=finished)

    out = tmp_path / "out"
    made = ExportRun(
        open_corpus([run]), format_named("openai"), Selection(), Split.of("train=0.8,test=0.2", 0), Choices()
    )
    for survived in range(1, kills + 1):
        Breaks.left = survived if survived == 1 else 1
        with pytest.raises(Killed):
            made.write(Breaks.open(out, made.asked()), unheard)
    made.write(ExportFolder.open(out, made.asked()), unheard)
    assert files(out) == files(tmp_path / "whole")


def test_finished_export_is_left_alone(tmp_path: Path) -> None:
    """And one of another question is another export."""
    run = corpus(tmp_path / "run")
    folder = export(run, "openai", tmp_path / "out")
    assert ExportFolder.open(tmp_path / "out", folder.asked).finished
    with pytest.raises(UsageError, match="an export of another only; name another folder"):
        export(run, "openai", tmp_path / "out", Selection(Only.passed))


def test_rows_that_changed_meanwhile(tmp_path: Path) -> None:
    """Half of one corpus and half of another would be nobody's."""
    run = corpus(tmp_path / "run")
    export(run, "openai", tmp_path / "out")
    corpus(run, [task(), task("z_spec_000_seq01")])
    with pytest.raises(UsageError, match="another files"):
        export(run, "openai", tmp_path / "out")


def test_folder_that_holds_something_else(tmp_path: Path) -> None:
    """It is not written to."""
    run = corpus(tmp_path / "run")
    with pytest.raises(UsageError, match="holds something else"):
        export(run, "openai", run)
    with pytest.raises(UsageError, match="not a folder"):
        export(run, "openai", run / Kind.tasks)
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / MANIFEST).write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        export(run, "openai", tmp_path / "odd")


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    """With its id and the reason, in a file, the counts and the card."""
    silent = attempt(2, messages=attempt(0).messages[:2])
    run = corpus(tmp_path / "run", [task()], [attempt(0), silent])
    folder = export(run, "openai", tmp_path / "out")
    assert folder.left_out == {"nothing_said": 1}
    assert rows(tmp_path / "out" / LEFT_OUT) == [
        {"id": silent.id, "reason": "nothing_said", "detail": "the agent said nothing"}
    ]
    assert "* 1: nothing_said" in (tmp_path / "out" / CARD).read_text()


def test_nothing_chosen(tmp_path: Path) -> None:
    """Nothing is finished, and nothing need stay."""
    run = corpus(tmp_path / "run")
    folder = export(run, "openai", tmp_path / "out", Selection(fields=frozenset({"Horses"})))
    assert not folder.finished
    folder.remove()
    assert not (tmp_path / "out").exists()


def test_rows_of_another_kind(tmp_path: Path) -> None:
    """A format says what it is made of."""
    run = corpus(tmp_path / "run", attempts=[])
    with pytest.raises(UsageError, match=r"openai needs rows of trajectories\.jsonl"):
        export(run, "openai", tmp_path / "out")


def test_format_that_compares(tmp_path: Path) -> None:
    """One outcome alone would leave it nothing."""
    run = corpus(tmp_path / "run")
    for only in (Only.passed, Only.failed):
        with pytest.raises(
            UsageError, match="trl-preference compares attempts that passed with ones that failed; leave"
        ):
            export(run, "trl-preference", tmp_path / "out", Selection(only))
    assert export(run, "trl-preference", tmp_path / "out", Selection(Only.proven)).left_out == {"no_difference": 1}
