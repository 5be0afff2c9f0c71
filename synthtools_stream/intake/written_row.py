"""A task as somebody's row tells it, as the row that is written: seven columns, and of ours what is told.

The row is one that every reader of tasks takes, because it was read as one before it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from synthtools_stream.intake.told_task import ToldCall, ToldTask
from synthtools_stream.storage.datasets.columns import JSON_COLUMNS, as_columns, read_column
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.storage.datasets.task_row import task_from_row
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["written_row"]

_BREAK = "\n\n"
"""Between the turns of a request."""


def written_row(told: ToldTask, row_id: str) -> JsonObject:
    """Return the row, as it stands in a dataset.

    :raises RowProblem: with what it lacks, or why no reader would take it.
    """
    if not told.calls:
        raise RowProblem("there is no tool call in it")
    if not told.tools:
        raise RowProblem("there are no tools in it (--tools names a file of them)")
    turns = told.turns[: told.calls[-1].after]
    if not turns:
        raise RowProblem("no turn of a user stands before its calls")
    shared: JsonObject = {
        "id": row_id,
        "field": told.field,
        "summary": _BREAK.join(turns),
        "tools": [*told.tools],
        "gt_tool_calls": [call.said for call in told.calls],
        "initial_state": told.initial_state,
        "final_state": None,
    }
    task = task_from_row(shared)
    tools: list[Json] = [tool.to_json() for tool in task.tools]
    row: JsonObject = {**shared, "tools": tools, "gt_tool_calls": [*task.gt_tool_calls]}
    if all(call.response is not None for call in told.calls):
        row["steps"] = [*_steps(told, task.gt_tool_calls)]
    if len(turns) > 1:
        row["dialogue"] = [*_dialogue(turns, told.calls)]
    if told.persona:
        row["meta"] = {"persona": told.persona}
    written = as_columns("tasks", row)
    for name in JSON_COLUMNS & written.keys():
        read_column(name, written[name])
    return written


def _steps(told: ToldTask, texts: Sequence[str]) -> Iterator[JsonObject]:
    """Yield each call with what the user had said since the turns of the call before, and with its answer."""
    said = spoken = 0
    for call, text in zip(told.calls, texts, strict=True):
        if call.after > spoken:
            said, spoken = spoken, call.after
        yield {"turn": _BREAK.join(told.turns[said:spoken]), "call": text, **_answered(call.response or {})}


def _answered(response: JsonObject) -> JsonObject:
    """Return what a step says of an answer: a status only where it is told, beside the response, as our attempts do."""
    status, inner = response.get("status_code"), response.get("response")
    if type(status) is int and isinstance(inner, dict) and len(response) == 2:
        return {"status_code": status, "response": inner}
    if type(status) is int and response.keys() == {"status_code", "error_message"}:
        return {"status_code": status, "response": {"error_message": response["error_message"]}}
    return {"response": response}


def _dialogue(turns: Sequence[str], calls: Sequence[ToldCall]) -> Iterator[JsonObject]:
    """Yield each turn with the first call that comes after it; which goal it has, nobody tells."""
    for place, turn in enumerate(turns):
        step = next(index for index, call in enumerate(calls) if call.after > place)
        yield {"step": step, "goal": "", "turn": turn}
