"""A task as trainers hand it to an agent: its request, its tools, and what a reward may be made of."""

from __future__ import annotations

import orjson

from synthtools_stream.live.submission import told_request
from synthtools_stream.records import Task
from synthtools_stream.toolcalls import WireNames, openai_function
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["functions_of", "ground_truth", "user_message"]


def user_message(task: Task) -> JsonObject:
    """Return what the user wants, and the world's time."""
    return {"role": "user", "content": told_request(task)}


def functions_of(task: Task) -> list[JsonObject]:
    """Return the tools as OpenAI function definitions, under names that servers take."""
    names = WireNames(tool.tool_name for tool in task.tools)
    return [openai_function(tool, names) for tool in task.tools]


def ground_truth(task: Task) -> str:
    """Return calls and answers as JSON text: a table knows one type a column."""
    answers: list[Json] = [{"name": answer.slot, "value": answer.value} for answer in task.answer]
    return orjson.dumps({"calls": task.gt_tool_calls, "answers": answers}).decode()
