"""A file of tasks, and what verifying a whole file reports."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly.task_file import open_tasks
from synthtools_stream.engine.unfit import Unfit
from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.proof.verify_report import verify_file
from synthtools_stream.records import Task
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.shards import Shard


def row(name: str, **more: str) -> JsonObject:
    """Return a row of seven columns."""
    shared: JsonObject = {
        "id": name,
        "field": "Freight",
        "summary": "Do it.",
        "tools": [{"tool_name": "Ping", "tool_description": "Ping."}],
        "gt_tool_calls": ["Ping()"],
        "initial_state": {},
        "final_state": {},
    }
    return {**shared, **more}


def written(path: Path, *rows: JsonObject | bytes) -> Path:
    """Write rows, or bad lines as they are."""
    path.write_bytes(b"".join((line if isinstance(line, bytes) else orjson.dumps(line)) + b"\n" for line in rows))
    return path


def test_bad_rows_are_handed_out_as_unfit(tmp_path: Path) -> None:
    """Every row has its turn; bad ones are told by line and reason, and what has no id is named by its line."""
    path = written(tmp_path / "t.jsonl", row("a"), b"{oops", row("b", field="Retail"), {"id": "c"})
    tasks = open_tasks(path)
    assert ([*tasks.ids], len(tasks), tasks.bad.count) == (["a", "line 2", "b", "c"], 4, 0)
    found = [*tasks]
    assert [task.id for task in found] == ["a", "line 2", "b", "c"]
    unfit = [task for task in found if isinstance(task, Unfit)]
    assert [(task.line, task.reason) for task in unfit] == [(2, "unreadable_row"), (4, "unreadable_row")]
    assert [problem.line for problem in tasks.bad.first] == [2, 4]
    assert len([*tasks]) == 4, "it can be read again"


def test_no_id_is_taken_for_a_line(tmp_path: Path) -> None:
    """Whatever ids there are."""
    tasks = open_tasks(written(tmp_path / "t.jsonl", row("line 2"), b"{oops"))
    assert [task.id for task in tasks] == ["line 2", "line 2'"]


def test_last_row_wins(tmp_path: Path) -> None:
    """Of several rows of one id the last counts, at the place of the first."""
    tasks = open_tasks(written(tmp_path / "t.jsonl", row("a", summary="old"), row("b"), row("a", summary="new")))
    told = [(task.id, task.summary) for task in tasks if isinstance(task, Task)]
    assert told == [("a", "new"), ("b", "Do it.")]


def test_only_some(tmp_path: Path) -> None:
    """A part of a file keeps the file's order: by id, by field, the first, and what is left to do, begun ones first."""
    tasks = open_tasks(written(tmp_path / "t.jsonl", row("a"), row("b", field="Retail"), row("c"), b"{oops"))
    assert [task.id for task in tasks.only({"c", "b"})] == ["b", "c"]
    assert [*tasks.of_fields(["Freight"]).ids] == ["a", "c"]
    assert [*tasks.first(2).ids] == ["a", "b"]
    left = tasks.open_ones(lambda name: name == "a", lambda name: name == "c")
    assert [task.id for task in left] == ["c", "b", "line 4"]


def test_shards_are_the_whole(tmp_path: Path) -> None:
    """Together, each task in one of them, by its lineage and whatever else there is."""
    ids = [f"horses_spec_{number:03d}@1f0c9a3e_seq00" for number in range(40)]
    tasks = open_tasks(written(tmp_path / "t.jsonl", *map(row, ids)))
    parts = [[*tasks.of_shard(Shard(number, 3)).ids] for number in (1, 2, 3)]
    assert sorted(name for part in parts for name in part) == ids
    assert all(parts)
    others = [row(name.replace("1f0c9a3e", "77b21d04")) for name in ids[::-1]]
    others = [row(name.replace("1f0c9a3e", "77b21d04")) for name in ids[::-1]]
    other = open_tasks(written(tmp_path / "u.jsonl", *others))
    again = {name.replace("77b21d04", "1f0c9a3e") for name in other.of_shard(Shard(2, 3)).ids}
    assert again == set(parts[1])


def test_strict_raises(tmp_path: Path) -> None:
    """With strictness the first bad row is raised with its line, in its turn."""
    tasks = iter(open_tasks(written(tmp_path / "t.jsonl", row("a"), b"{oops"), strict=True))
    assert next(tasks).id == "a"
    with pytest.raises(DatasetError, match=r"t\.jsonl:2: "):
        next(tasks)


def test_ground_truth_that_its_tools_refuse_is_unfit(tmp_path: Path) -> None:
    """No agent could be right: the row is named with its reason, and nothing is spent on it."""
    path = written(tmp_path / "t.jsonl", row("a"), {**row("b"), "gt_tool_calls": ["Ping(x=1)"]})
    first, second = open_tasks(path)
    assert isinstance(first, Task)
    assert isinstance(second, Unfit)
    assert (second.reason, second.line) == ("false_row", 2)
    assert "gt_tool_calls[0] does not pass its tool Ping: unknown parameter 'x'" in second.detail


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    """Whose rows stand somewhere else than they did."""
    path = written(tmp_path / "t.jsonl", row("a"), row("b"))
    tasks = open_tasks(path)
    written(path, row("c"), row("d"))
    with pytest.raises(UsageError, match="was changed while it was read"):
        list(tasks)


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there, or holds nothing, is refused by name."""
    with pytest.raises(UsageError, match="no such file"):
        open_tasks(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="no rows"):
        open_tasks(written(tmp_path / "t.jsonl"))


def test_verify_counts(tmp_path: Path) -> None:
    """Every row is checked: one without a certificate is unproven, one that cannot be read fails with its line."""
    report = verify_file(written(tmp_path / "t.jsonl", row("a"), b"{oops", row("b")))
    assert (report.checked, report.proven, report.unproven) == (3, 0, 2)
    assert [(failure.id, failure.line) for failure in report.failed] == [("", 2)]
    shown = report.to_json()
    assert " ".join(shown) == "checked proven brought unproven executed older kinds lines_sharing_an_id failed"
    assert isinstance(shown["failed"], list)
    assert len(shown["failed"]) == 1
