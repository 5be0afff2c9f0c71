"""What `stats` takes for a corpus that was written many times over."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.bench.reports import report_cost, write_corpus
from synthtools_stream.export.corpus import open_corpus
from tests.export.exported import attempt, corpus, task

TASKS = [task("a_spec_000_seq01"), task("a_spec_000_seq02")]


def test_copies_are_whole_and_apart(tmp_path: Path) -> None:
    """Each copy has its attempts, in an environment of its own; as many rows as were asked for."""
    made = corpus(tmp_path / "made", TASKS, [attempt(number, of) for of in TASKS for number in range(2)])
    write_corpus(made, tmp_path / "many", 15)
    groups = [*open_corpus([tmp_path / "many"]).groups()]
    assert [len(group.attempts) for group in groups] == [2, 2, 2, 2, 2]
    assert [group.environment for group in groups] == [f"a_spec_{at}x000" for at in (0, 0, 1, 1, 2)]
    assert not any(group.bad for group in groups)


def test_a_report_is_measured(tmp_path: Path) -> None:
    """By its process's own time and memory."""
    made = corpus(tmp_path / "made", TASKS, [attempt(0, TASKS[0])])
    cost = report_cost(made, tmp_path / "many", 12)
    assert cost.rows == 12
    assert cost.cpu_s > 0
    assert 10 < cost.peak_mib < 1000
