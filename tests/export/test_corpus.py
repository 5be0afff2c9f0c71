"""Tasks with the attempts at each, whichever files they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.export.corpus import Kind, open_corpus
from tests.export.exported import attempt, corpus, task, write_rows


def test_attempts_lie_with_their_task(tmp_path: Path) -> None:
    """In the order of the tasks, whatever the order of the attempts."""
    first, second = task("a_spec_000_seq01"), task("b_spec_000_seq01")
    run = corpus(tmp_path / "run", [first, second], [attempt(0, second), attempt(0, first), attempt(1, second)])
    groups = list(open_corpus([run]).groups())
    assert [(group.task_id, [one.id for one in group.attempts]) for group in groups] == [
        (first.id, [f"{first.id}#r0"]),
        (second.id, [f"{second.id}#r0", f"{second.id}#r1"]),
    ]
    assert groups[0].task == first
    assert list(open_corpus([run]).groups(skip=1)) == groups[1:]


def test_attempts_without_their_task(tmp_path: Path) -> None:
    """A directory of rollouts alone tells field, length and variant by its attempts."""
    run = corpus(tmp_path / "run", [], [attempt(0)])
    (group,) = open_corpus([run]).groups()
    assert group.task is None
    assert (group.field, group.length, group.variant) == ("Freight", 5, "base")


def test_files_and_directories_together(tmp_path: Path) -> None:
    """Tasks of one run, attempts of another."""
    corpus(tmp_path / "tasks", attempts=[])
    corpus(tmp_path / "tried", [], [attempt(0), attempt(1)])
    (group,) = open_corpus([tmp_path / "tasks" / Kind.tasks, tmp_path / "tried"]).groups()
    assert group.task is not None
    assert len(group.attempts) == 2


def test_rows_that_two_files_hold(tmp_path: Path) -> None:
    """Which of them counts nobody could tell."""
    run, other = corpus(tmp_path / "run"), corpus(tmp_path / "other")
    with pytest.raises(UsageError, match="in another of the files"):
        open_corpus([run, other])
    (other / Kind.tasks).unlink()
    with pytest.raises(UsageError, match="#r0' is in another of the files"):
        open_corpus([run, other])


def test_bad_rows_are_told(tmp_path: Path) -> None:
    """And harm no other."""
    run = corpus(tmp_path / "run")
    with (run / Kind.trajectories).open("ab") as file:
        file.write(b'{"id":"freight_spec_001_seq02#r2","task_id":"freight_spec_001_seq02"}\n')
    (group,) = open_corpus([run]).groups()
    assert len(group.attempts) == 2
    assert [problem.row_id for problem in group.bad] == ["freight_spec_001_seq02#r2"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("nope.jsonl", None, "no such file"),
        ("rows.parquet", b"PAR1", "needs the .jsonl"),
        ("other.jsonl", b'{"messages":[]}\n', "no rows of ours"),
        ("empty.jsonl", b"", "no rows of ours"),
    ],
)
def test_what_is_no_corpus(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    """One line each."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=says):
        open_corpus([tmp_path / name])


def test_empty_directory(tmp_path: Path) -> None:
    """It says what a run would have."""
    with pytest.raises(UsageError, match=r"holds no rows.*task_content\.jsonl"):
        open_corpus([tmp_path])


def test_records_of_one_kind(tmp_path: Path) -> None:
    """What is no tool is told, and passed over."""
    write_rows(tmp_path / "run", Kind.tools, [task()])
    (problem,) = open_corpus([tmp_path / "run"]).tools()
    assert isinstance(problem, UsageError)
