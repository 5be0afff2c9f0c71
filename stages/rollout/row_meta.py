"""What a trajectory's `meta` tells in every mode: enough to group attempts without the tasks' file."""

from __future__ import annotations

from synthtools_stream.records import RolloutPlan
from synthtools_stream.records.task import BROUGHT
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["row_meta"]


def row_meta(plan: RolloutPlan, model: str, unplayed: str) -> JsonObject:
    """Return the agent, the attempt's number, the task's length (calls of the ground truth) and variant.

    Of a task that somebody brought it says so: such attempts are counted apart. `unplayed` is who gave no usable answer
    to a call (`program`, `simulator`, `tape`); absent where nobody failed.
    """
    task = plan.task
    told: JsonObject = {
        "model": model,
        "attempt": plan.attempt,
        "length": len(task.gt_tool_calls),
        "variant": task.meta.variant,
    }
    if task.meta.is_brought:
        told["origin"] = BROUGHT
    return {**told, "unplayed": unplayed} if unplayed else told
