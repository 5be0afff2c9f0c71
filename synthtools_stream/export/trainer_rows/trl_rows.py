"""`trl`, `trl-preference`, `trl-kto`: rows of TRL's trainers, arguments as objects.

Source: TRL 1.16.0, its page on dataset formats, `data_utils.py` and `chat_templates/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from synthtools_stream.errors import Rejection
from synthtools_stream.export.chat_messages import conversation_of
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import AttemptFormat, Choices, ExportFormat, LeftOut, Line, Made, line
from synthtools_stream.export.selection import Only, outcome
from synthtools_stream.export.trainer_rows.preference_pairs import pairs_of
from synthtools_stream.export.trainer_rows.template_messages import template_messages
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["TRLKTORows", "TRLPreferenceRows", "TRLRows"]


class TRLRows(AttemptFormat):
    """`{"messages", "tools"}`, a line an attempt."""

    name = "trl"
    read_by = "TRL's SFTTrainer, Unsloth, and whatever takes chat templates"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; reasoning that is kept stands in `reasoning_content`."""
        conversation = conversation_of(attempt, choices)
        return {"messages": template_messages(conversation.messages), "tools": [*conversation.tools]}

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return _usage(made, "SFTTrainer(model, train_dataset=rows)")


class TRLPreferenceRows(ExportFormat):
    """`{"prompt", "chosen", "rejected", "tools"}`, a line for each failed attempt at a task that another one solved."""

    name = "trl-preference"
    read_by = "TRL's DPOTrainer and RewardTrainer"
    needs = frozenset({Kind.trajectories})
    compares = True

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line | LeftOut]:
        """Return the pairs of a task."""
        for pair in pairs_of(group, choices):
            if isinstance(pair, LeftOut):
                yield pair
                continue
            row: JsonObject = {
                "prompt": template_messages(pair.prompt),
                "chosen": template_messages(pair.chosen),
                "rejected": template_messages(pair.rejected),
                "tools": [*pair.tools],
            }
            yield line(f"{part}.jsonl", row)

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return _usage(made, "DPOTrainer(model, train_dataset=rows)")


class TRLKTORows(AttemptFormat):
    """`{"prompt", "completion", "label", "tools"}`, a line an attempt that says something of the agent."""

    name = "trl-kto"
    read_by = "TRL's KTOTrainer"

    def row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return the row; `label` is whether the attempt passed."""
        found = outcome(attempt)
        if found is None:
            raise Rejection("no_outcome", "nobody can say whether the agent solved the task")
        conversation = conversation_of(attempt, choices)
        prompt = tuple(takewhile(lambda said: said.speaker != "assistant", conversation.messages))
        return {
            "prompt": template_messages(prompt),
            "completion": template_messages(conversation.messages[len(prompt) :]),
            "label": found is Only.passed,
            "tools": [*conversation.tools],
        }

    def usage(self, made: Made) -> str:
        """Say how it is read."""
        return _usage(made, "KTOTrainer(model, train_dataset=rows)")


def _usage(made: Made, trained: str) -> str:
    return f"""```python
from datasets import load_dataset  # 4.7 or later: older ones put nulls into arguments
rows = load_dataset("json", data_files="{made.parts[0]}.jsonl", split="train")
```

Then `{trained}`."""
