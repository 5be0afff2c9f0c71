"""Tasks as domains of tau2-bench."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from synthtools_stream.export.benchmark_tasks.tau2_tasks import Tau2Tasks
from synthtools_stream.export.corpus import TaskGroup
from synthtools_stream.export.export_format import Choices, LeftOut
from synthtools_stream.records import AnswerValue, Task
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import Json
from tests.export.exported import corpus, export, task


def domains(folder: Path, tasks: list[Task]) -> dict[str, dict[str, Any]]:
    """Export tasks, and return what stands in each domain's JSON files, by domain and file."""
    export(corpus(folder / "run", tasks), "tau2", folder / "out")
    return {
        domain.name: {file.name: json.loads(file.read_text()) for file in domain.glob("*.json")}
        for domain in (folder / "out" / "train" / "domains").iterdir()
    }


def test_environment_is_a_domain(tmp_path: Path) -> None:
    """With its tasks, each of which brings its world, its tools and a policy."""
    one, other = task(), task("freight_spec_001_seq03")
    (domain,) = domains(tmp_path, [one, other]).values()
    first, second = domain["tasks.json"]
    assert [first["id"], second["id"]] == [one.id, other.id]
    assert first["user_scenario"]["instructions"]["reason_for_call"] == one.summary
    begun = first["initial_state"]["initialization_data"]["agent_data"]
    assert begun["world"] == one.initial_state
    assert domain["db.json"] == {"task": "", "world": {}}
    assert [(action["name"], action["arguments"]) for action in first["evaluation_criteria"]["actions"]] == [
        (call.name, call.arguments) for call in map(parse_call, one.gt_tool_calls)
    ]
    assert [*domain["tools.json"]] == [tool.tool_name for tool in one.tools]
    worlds = tmp_path / "out" / "train" / "worlds"
    assert [*load_tasks(worlds / f"{begun['task']}.jsonl")] == [one]
    ast.parse((tmp_path / "out" / "tau2_worlds.py").read_text())
    assert "null" not in json.dumps([first["user_scenario"], first["evaluation_criteria"]["communicate_info"]])


def test_tools_that_differ_make_another_domain(tmp_path: Path) -> None:
    """None is offered in the words of another's."""
    one, other = task(), task("freight_spec_001_seq03")
    changed = [tool.model_copy(update={"tool_description": "Another."}) for tool in other.tools]
    found = domains(tmp_path, [one, other.model_copy(update={"tools": changed})])
    first, second = sorted(found)
    assert second == f"{first}-2"
    assert [row["id"] for row in found[second]["tasks.json"]] == [other.id]
    assert found[second]["tasks.json"][0]["user_scenario"]["instructions"]["domain"] == second


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("Castor, 2", ["Castor 2"]),
        (3108.0, ["3108"]),
        (0.5, ["0.5"]),
        (["a", 2, ["b"]], ["a", "2", "b"]),
        (True, []),
        ([None, True], []),
        ("", []),
    ],
)
def test_what_must_be_told(tmp_path: Path, value: Json, told: list[str]) -> None:
    """As a text that can stand in a message."""
    answer = AnswerValue(step=0, pointer="/x", value=value)
    (domain,) = domains(tmp_path, [task().model_copy(update={"answer": [answer, answer]})]).values()
    assert domain["tasks.json"][0]["evaluation_criteria"]["communicate_info"] == told


@pytest.mark.parametrize(
    ("reason", "name"), [("reserved_name", "get_tools"), ("no_python_name", "from"), ("no_python_name", "__init__")]
)
def test_names_that_a_toolkit_has(reason: str, name: str) -> None:
    """Its task is left out."""
    tools = [task().tools[0].model_copy(update={"tool_name": name})]
    (left,) = Tau2Tasks().of_group(TaskGroup("t", task().model_copy(update={"tools": tools}), []), "train", Choices())
    assert isinstance(left, LeftOut)
    assert left.reason == reason
