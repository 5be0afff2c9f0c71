"""BFCL: questions, ground truths and tools in files of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.intake.row_format import Beside
from tests.intake.intakekit import Imported, Row, imported_file, lines

AREA: Row = {
    "name": "geometry.area",
    "description": "Area of a triangle.",
    "parameters": {
        "type": "dict",
        "properties": {
            "base": {"type": "float"},
            "height": {"type": "integer"},
            "unit": {"type": "string"},
            "options": {"type": "dict", "properties": {"round": {"type": "boolean"}, "note": {"type": "string"}}},
        },
        "required": ["base", "height"],
    },
}
FILES: list[object] = [
    {
        "name": name,
        "description": name,
        "parameters": {"type": "dict", "properties": properties, "required": [*properties]},
    }
    for name, properties in {
        "cd": {"folder": {"type": "string"}},
        "sort": {"file_name": {"type": "string"}},
        "mv": {"source": {"type": "string"}, "destination": {"type": "string"}},
        "rm": {"file_name": {"type": "string"}},
    }.items()
]


def user(*texts: str) -> list[object]:
    """Return the messages of one turn."""
    return [{"role": "user", "content": text} for text in texts]


def single(folder: Path, truth: object) -> Imported:
    """Import one question about a triangle."""
    question: Row = {"id": "simple_python_0", "question": [user("Area of 10 by 5?")], "function": [AREA]}
    path = lines(folder / "BFCL_v4_simple_python.json", [question])
    lines(folder / "possible_answer" / path.name, [{"id": "simple_python_0", "ground_truth": truth}])
    return imported_file("bfcl", Beside(path))


def test_allowed_values(tmp_path: Path) -> None:
    """The first one counts; an empty one leaves an argument out, unless the tool requires it."""
    truth: list[object] = [
        {"geometry.area": {"base": ["", 10], "height": [5], "unit": ["units", ""]}},
        {
            "geometry.area": {
                "base": [1],
                "height": [2],
                "unit": ["", "m"],
                "options": [{"round": [True], "note": [""]}],
            }
        },
        {"geometry.area": {"base": [1], "height": [3], "unit": []}},
    ]
    (task,) = single(tmp_path, truth).tasks
    assert (task.field, task.summary, task.steps, task.dialogue) == ("simple_python", "Area of 10 by 5?", [], [])
    assert task.gt_tool_calls == [
        '{"name":"geometry.area","arguments":{"base":10,"height":5,"unit":"units"}}',
        '{"name":"geometry.area","arguments":{"base":1,"height":2,"options":{"round":true}}}',
        '{"name":"geometry.area","arguments":{"base":1,"height":3}}',
    ]


def test_calls_as_text(tmp_path: Path) -> None:
    """Names with dots, and values by place."""
    (task,) = single(tmp_path, ["geometry.area(base=10, height=5)"]).tasks
    assert task.gt_tool_calls == ['{"name":"geometry.area","arguments":{"base":10,"height":5}}']


@pytest.mark.parametrize(
    ("truth", "reason"),
    [
        (["Michael"], "ground_truth: not a call"),
        ([3], "ground_truth: a call is neither text nor an object"),
        ([{"a": {}, "b": {}}], "ground_truth: a call is not one name with its arguments"),
        ([{"geometry.area": [1]}], "ground_truth: the arguments of a call are no object"),
        ([], "there is no tool call in it"),
        (None, "there is no ground truth for it"),
        (["__import__('os').system('ls')"], "ground_truth: "),
    ],
)
def test_truths_that_are_none(tmp_path: Path, truth: object, reason: str) -> None:
    """Answers in words, and whatever else there is."""
    found = single(tmp_path, truth)
    assert found.problems[0].startswith(f"1: {reason}")


def several(folder: Path, **more: object) -> Path:
    """Write a question of several turns, its ground truth and its tools."""
    question: Row = {
        "id": "multi_turn_miss_func_0",
        "question": [user("Go to docs."), user("Sort a.pdf, and move it to temp."), [], user("Thanks, now go back.")],
        "initial_config": {"GorillaFileSystem": {"root": {}}},
        "involved_classes": ["GorillaFileSystem"],
        "missed_function": {"2": ["sort"]},
        "excluded_function": ["rm"],
        **more,
    }
    path = lines(folder / "BFCL_v4_multi_turn_miss_func.json", [question])
    truth = [["cd(folder='docs')"], [], ["sort('a.pdf')", "mv('a.pdf', destination='temp')"], ["cd('..')"]]
    lines(folder / "possible_answer" / path.name, [{"id": question["id"], "ground_truth": truth}])
    lines(folder / "multi_turn_func_doc" / "gorilla_file_system.json", FILES)
    return path


def test_several_turns(tmp_path: Path) -> None:
    """Values by place are named by the tool; a turn without words adds nothing to what was asked before it."""
    (task,) = imported_file("bfcl", Beside(several(tmp_path))).tasks
    assert task.gt_tool_calls == [
        "cd(folder='docs')",
        "sort(file_name='a.pdf')",
        "mv(source='a.pdf', destination='temp')",
        "cd(folder='..')",
    ]
    assert [tool.tool_name for tool in task.tools] == ["cd", "sort", "mv"]
    assert task.initial_state == {"GorillaFileSystem": {"root": {}}}
    assert (task.final_state, task.steps, task.field) == (None, [], "multi_turn_miss_func")
    assert [(line.step, line.turn) for line in task.dialogue] == [
        (0, "Go to docs."),
        (1, "Sort a.pdf, and move it to temp."),
        (3, "Thanks, now go back."),
    ]


def test_files_that_are_named(tmp_path: Path) -> None:
    """A file of answers elsewhere; one that is not there is the user's to mend."""
    path = several(tmp_path)
    answers = tmp_path / "possible_answer" / path.name
    elsewhere = answers.rename(tmp_path / "truths.jsonl")
    assert "there is no ground truth for it" in imported_file("bfcl", Beside(path)).problems[0]
    assert len(imported_file("bfcl", Beside(path, answers=elsewhere)).tasks) == 1
    with pytest.raises(UsageError, match="there is no such file"):
        imported_file("bfcl", Beside(path, answers=answers))


def test_classes_without_tools(tmp_path: Path) -> None:
    """The file that is missing is named; a path is no class."""
    for name in ("MemoryAPI", "../possible_answer/BFCL_v4_multi_turn_miss_func"):
        (problem,) = imported_file("bfcl", Beside(several(tmp_path, involved_classes=[name]))).problems
        assert problem.startswith(f"1: there are no tools of class '{name[:20]}")
