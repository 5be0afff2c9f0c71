"""`dialogues`: proven conversations without any rollout, in the form of `openai`.

Source: the fine-tuning guide of OpenAI's API, and the types of its Python client.
"""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.errors import Rejection
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, Item, LeftOut, Made, line
from synthtools_stream.export.trainer_rows.gold_conversation import gold_conversation
from synthtools_stream.export.trainer_rows.openai_rows import OpenAIRows, chat_row

__all__ = ["DialogueRows"]


class DialogueRows(ExportFormat):
    """`{"messages", "tools", "parallel_tool_calls"}`, a line a task: what its plan foresees, with the calls proven."""

    name = "dialogues"
    read_by = "the same, as planned conversations of proven tasks: no attempt is needed"
    needs = frozenset({Kind.tasks})

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Item]:
        """Return the task's line, in the part's file."""
        if group.task is None:
            return
        try:
            yield line(f"{part}.jsonl", chat_row(gold_conversation(group.task, choices.system)))
        except Rejection as rejection:
            yield LeftOut(group.task.id, rejection.reason, rejection.detail)

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return OpenAIRows().usage(made)
