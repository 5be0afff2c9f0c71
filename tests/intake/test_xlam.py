"""Salesforce/xlam-function-calling-60k: lists as JSON text, types in Python's words."""

from __future__ import annotations

from pathlib import Path

from tests.intake.intakekit import Row, as_text, imported, only

TOOL: Row = {
    "name": "live_giveaways_by_type",
    "description": "Find giveaways of a type.",
    "parameters": {
        "type": {"description": "The type.", "type": "str", "default": "game"},
        "limit": {"description": "How many.", "type": "int, optional", "default": ""},
        "score": {"description": "How to rank.", "type": "Callable[[float], float], optional"},
    },
}


def row(answers: object) -> Row:
    """Return a row."""
    return {"id": 7, "query": "Beta and game giveaways?", "answers": answers, "tools": as_text([TOOL])}


def test_parallel_answers(tmp_path: Path) -> None:
    """Calls in their order, no steps: nobody was asked."""
    answers = as_text([{"name": TOOL["name"], "arguments": {"type": kind}} for kind in ("beta", "game")])
    task = only(tmp_path, "xlam", row(answers))
    assert (task.id, task.summary, task.steps) == ("7", "Beta and game giveaways?", [])
    assert task.gt_tool_calls == ["live_giveaways_by_type(type='beta')", "live_giveaways_by_type(type='game')"]
    assert [(name, part.type) for name, part in task.tools[0].parameters.items()] == [
        ("type", "string"),
        ("limit", "integer"),
        ("score", "any"),
    ]


def test_rows_that_tell_no_call(tmp_path: Path) -> None:
    """Of irrelevance, cut, or of another shape."""
    found = imported(tmp_path, "xlam", row("[]"), row('[{"name":'), row(None), row('{"name": "x"}'), row("[1]"))
    assert [problem.partition(": ")[2][:34] for problem in found.problems] == [
        "there is no tool call in it",
        "column answers is text that is not",
        "there is no tool call in it",
        "answers is no list",
        "a call has no name",
    ]
