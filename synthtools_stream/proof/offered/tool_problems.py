"""What is wrong with the tools that a task offers, beside what its calls came to."""

from __future__ import annotations

from collections.abc import Iterator

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.offered.exact_effects import effect_problems
from synthtools_stream.proof.offered.kept_usage import usage_problems
from synthtools_stream.proof.offered.twins import twin_problems
from synthtools_stream.records.task import Task

__all__ = ["tool_problems"]


def tool_problems(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield what is wrong; the task's parts must have been found to agree."""
    yield from twin_problems(task, replayed)
    yield from effect_problems(task, replayed)
    yield from usage_problems(task, replayed)
