"""What many verified attempts add up to, as NeMo Gym's `/aggregate_metrics` tells it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["aggregate"]

_GROUP = "_ng_task_index"
"""The key by which Gym numbers a row's attempts alike."""


def aggregate(attempts: Iterable[JsonObject]) -> JsonObject:
    """Return the means of their numbers, over all and task by task; what says it measures nothing is left out."""
    measured = [attempt for attempt in attempts if attempt.get("mask_sample") is not True]
    groups: dict[str, list[JsonObject]] = defaultdict(list)
    for attempt in measured:
        groups[str(attempt.get("task_id", attempt.get(_GROUP)))].append(attempt)
    means = _means(measured)
    by_task: list[Json] = [{"task_id": name, **_means(own)} for name, own in groups.items()]
    key: JsonObject = {name: value for name, value in means.items() if name == "mean/reward"}
    return {"group_level_metrics": by_task, "agent_metrics": means, "key_metrics": key}


def _means(attempts: list[JsonObject]) -> JsonObject:
    numbers: dict[str, list[float]] = defaultdict(list)
    for attempt in attempts:
        for name, value in attempt.items():
            if isinstance(value, int | float) and not name.startswith("_") and math.isfinite(value):
                numbers[name].append(float(value))
    return {f"mean/{name}": math.fsum(values) / len(values) for name, values in numbers.items()}
