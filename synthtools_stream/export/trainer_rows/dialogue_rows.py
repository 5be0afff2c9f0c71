"""`dialogues`: proven conversations without any rollout, in the form of `openai`.

Source: the fine-tuning guide of OpenAI's API, and the types of its Python client.
"""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.export.export_format import Choices, Item, Made, line
from synthtools_stream.export.task_format import TaskFormat
from synthtools_stream.export.trainer_rows.gold_conversation import gold_conversation
from synthtools_stream.export.trainer_rows.openai_rows import OpenAIRows, chat_row
from synthtools_stream.records import Task

__all__ = ["DialogueRows"]


class DialogueRows(TaskFormat):
    """`{"messages", "tools", "parallel_tool_calls"}`, a line a task: what its plan foresees, with the calls proven."""

    name = "dialogues"
    read_by = "whatever reads `openai`: planned conversations of proven tasks, without any attempt"

    def of_task(self, task: Task, part: str, choices: Choices) -> Iterator[Item]:
        """Return the task's line, in the part's file; raises as the base says."""
        yield line(f"{part}.jsonl", chat_row(gold_conversation(task, choices.system)))

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return OpenAIRows().usage(made)
