"""A file for each attempt: where it lies, and that it is there once, whatever became of the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.export.export_folder import LEFT_OUT, MANIFEST
from synthtools_stream.export.export_run import CARD
from tests.export.exported import MESSAGES, attempt, corpus, export, rows, task


def files(folder: Path) -> list[str]:
    """Return the names of all sessions."""
    aside = {LEFT_OUT, MANIFEST, CARD}
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.name not in aside
    )


@pytest.mark.parametrize(("name", "suffix"), [("atif", ".json"), ("sts", ".jsonl")])
def test_file_a_session(tmp_path: Path, name: str, suffix: str) -> None:
    """In folders by part and environment, counted by part."""
    tasks = [task("a_spec_000_seq01"), task("a_spec_000_seq02"), task("b_spec_000_seq01")]
    folder = export(corpus(tmp_path / "run", tasks), name, tmp_path / "out", split="train=0.5,test=0.5")
    assert sorted(folder.lines) == ["test/", "train/"]
    found = files(tmp_path / "out")
    assert len(found) == 6
    assert all(path.endswith(suffix) for path in found)
    assert len({path.rsplit("/", 1)[0] for path in found}) == 2


@pytest.mark.parametrize("name", ["atif", "sts"])
def test_ids_that_would_be_paths(tmp_path: Path, name: str) -> None:
    """Are none: two that read alike lie beside each other, and nothing lies outside."""
    names = ["../../x", "..", "a/../../b", "A_spec_000_seq01", "a_spec_000_seq01", "船", "x" * 300, "<b>\\u202e\\0"]
    tried = [attempt(0, task(odd)) for odd in names]
    run = corpus(tmp_path / "run", [task(odd) for odd in names], tried)
    export(run, name, tmp_path / "deep" / "out")
    assert len(files(tmp_path / "deep" / "out" / "train")) == len(names)
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["out"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "run"]


@pytest.mark.parametrize("name", ["atif", "sts"])
def test_silent_agent(tmp_path: Path, name: str) -> None:
    """Is left out, with the reason."""
    silent = attempt(1, messages=MESSAGES[:2])
    export(corpus(tmp_path / "run", None, [attempt(0), silent]), name, tmp_path / "out")
    assert [row["reason"] for row in rows(tmp_path / "out" / LEFT_OUT) if isinstance(row, dict)] == ["nothing_said"]
