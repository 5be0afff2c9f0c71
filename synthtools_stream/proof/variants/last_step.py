"""What several kinds of variants rest on: a task without its last step, a write that nothing before it needs."""

from __future__ import annotations

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.variants.base_task import Changed
from synthtools_stream.records.task import Task
from synthtools_stream.state import as_json

__all__ = ["last_write", "without_last_step"]


def last_write(base: Task) -> int | None:
    """Return the last step where it writes, and another comes before it; else None."""
    last = len(base.steps) - 1
    return last if last > 0 and base.steps[last].changes else None


def without_last_step(base: Task, replayed: Replay) -> Changed:
    """Return the columns of the task whose last step is not done: its dialogue still asks for it."""
    last = len(base.steps) - 1
    return Changed(
        steps=base.steps[:last],
        gt_tool_calls=base.gt_tool_calls[:last],
        answer=[one for one in base.answer if one.step < last],
        final_state=as_json(replayed.states[last]),
        parallel=[],
    )
