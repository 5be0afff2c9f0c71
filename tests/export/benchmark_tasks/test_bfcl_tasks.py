"""Tasks as rows of the leaderboard."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from synthtools_stream.export.benchmark_tasks.bfcl_functions import allowed_values
from synthtools_stream.export.benchmark_tasks.bfcl_tasks import BfclTasks
from synthtools_stream.export.corpus import TaskGroup
from synthtools_stream.export.export_format import Choices, LeftOut, Line, WholeFile
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.toolcalls import Call, parse_call
from tests.export.exported import corpus, export, rows, task


def made(one: Task) -> tuple[dict[str, list[Any]], dict[str, bytes], list[LeftOut]]:
    """Return what a task gives: rows by file, whole files, what is left out."""
    lines: dict[str, list[Any]] = {}
    whole: dict[str, bytes] = {}
    left: list[LeftOut] = []
    for item in BfclTasks().of_group(TaskGroup(one.id, one, []), "train", Choices()):
        if isinstance(item, Line):
            lines.setdefault(item.file, []).append(json.loads(item.text))
        elif isinstance(item, WholeFile):
            whole[f"{item.folder}/{item.name}"] = item.content
        else:
            left.append(item)
    return lines, whole, left


def test_turn_a_call() -> None:
    """Questions are the turns, answers the calls, and the class holds the world."""
    one = task()
    lines, whole, left = made(one)
    (question,), (answer,) = (
        lines["train/BFCL_v4_multi_turn_base.json"],
        lines["train/possible_answer/BFCL_v4_multi_turn_base.json"],
    )
    assert not left
    assert question["id"] == answer["id"]
    assert question["id"].rsplit("_", 1)[0] == "multi_turn_base"
    assert [turn[-1]["content"] for turn in question["question"]] == [step.turn for step in one.steps]
    assert question["question"][0][0]["role"] == "system"
    assert [parse_call(call) for turn in answer["ground_truth"] for call in turn] == [
        parse_call(text) for text in one.gt_tool_calls
    ]
    (name,) = question["involved_classes"]
    assert name.isidentifier()
    assert question["initial_config"] == {name: one.initial_state}
    documents = [json.loads(line) for line in whole[f"train/multi_turn_func_doc/{name}.json"].splitlines()]
    assert [document["name"] for document in documents] == [tool.tool_name for tool in one.tools]
    assert {document["parameters"]["type"] for document in documents} == {"dict"}


def test_world_is_the_task(tmp_path: Path) -> None:
    """As it is loaded again; the module beside it is ours as it stands."""
    export(corpus(tmp_path / "run"), "bfcl", tmp_path / "out")
    (file,) = (tmp_path / "out" / "train" / "worlds").iterdir()
    assert [*load_tasks(file)] == [task()]
    ast.parse((tmp_path / "out" / "bfcl_worlds.py").read_text())
    assert len(rows(tmp_path / "out" / "train" / "BFCL_v4_multi_turn_base.json")) == 1


def test_request_alone_is_one_turn() -> None:
    """All its calls answer it."""
    one = task().model_copy(update={"steps": []})
    lines, _, _ = made(one)
    assert [turn[-1]["content"] for turn in lines["train/BFCL_v4_multi_turn_base.json"][0]["question"]] == [one.summary]
    (answer,) = lines["train/possible_answer/BFCL_v4_multi_turn_base.json"]
    assert answer["ground_truth"] == [one.gt_tool_calls]


def test_one_call_is_a_row_of_one_turn_too() -> None:
    """With each allowed value, and a document without the answer's form."""
    one = task()
    lines, _, _ = made(one.model_copy(update={"gt_tool_calls": one.gt_tool_calls[:1], "steps": one.steps[:1]}))
    (row,), (answer,) = lines["train/BFCL_v4_multiple.json"], lines["train/possible_answer/BFCL_v4_multiple.json"]
    call = parse_call(one.gt_tool_calls[0])
    assert [{*function} for function in row["function"]] == [{"name", "description", "parameters"}] * len(one.tools)
    assert {name: values[0] for name, values in answer["ground_truth"][0][call.name].items() if values[0] != ""} == (
        call.arguments
    )


def test_values_that_may_be_left_out() -> None:
    """Are those that nobody gave, and defaults."""
    tool = task().tools[0]
    allowed = allowed_values(tool, Call(tool.tool_name, {}))
    assert set(allowed) == set(tool.parameters)
    assert all(isinstance(values, list) and values[-1] == "" for values in allowed.values())


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("unproven", {"certificate": None}),
        ("no_python_name", {"tools": [task().tools[0].model_copy(update={"tool_name": "../x"})]}),
        ("reserved_name", {"gt_tool_calls": ["run()"]}),
        ("call_within_text", {"gt_tool_calls": [f"{task().tools[0].tool_name}(a='{task().tools[0].tool_name} ()')"]}),
    ],
)
def test_what_the_checkers_cannot_take(reason: str, changed: dict[str, Any]) -> None:
    """Is left out whole."""
    lines, whole, left = made(task().model_copy(update=changed))
    assert [(item.id, item.reason) for item in left] == [(task().id, reason)]
    assert not lines
    assert not whole


def test_attempts_alone() -> None:
    """Are no task."""
    (left,) = BfclTasks().of_group(TaskGroup("t", None, []), "train", Choices())
    assert isinstance(left, LeftOut)
    assert left.reason == "no_task"
