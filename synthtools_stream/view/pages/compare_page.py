"""Two attempts side by side: how they ended, what they called, what they said last, and where they left the world."""

from __future__ import annotations

from collections.abc import Sequence

from synthtools_stream.records.task import Task
from synthtools_stream.records.trajectory import Trajectory
from synthtools_stream.view.pages.aligned_calls import aligned
from synthtools_stream.view.pages.attempt_messages import played_calls
from synthtools_stream.view.pages.page import Page
from synthtools_stream.view.pages.state_diff import EntityDiff, state_diff
from synthtools_stream.view.pages.text_diff import text_diff

__all__ = ["compare_page"]


def compare_page(one: Trajectory, other: Trajectory, task: Task | None) -> Page:
    """Return a page with two attempts side by side, mostly of one task."""
    initial = None if task is None else task.initial_state
    calls = aligned(played_calls(one, initial), played_calls(other, initial))
    return Page(
        "compare.html",
        "Two attempts side by side",
        {
            "one": one,
            "other": other,
            "task": task,
            "calls": calls,
            "differing": sum(pair.kind != "same" for pair in calls),
            "messages": text_diff(_closing(one), _closing(other)),
            "ends": _ends(one, other),
        },
    )


def _ends(one: Trajectory, other: Trajectory) -> Sequence[EntityDiff]:
    return state_diff(one.final_state, other.final_state)


def _closing(attempt: Trajectory) -> str:
    """Return the last thing that an agent said."""
    for message in reversed(attempt.messages):
        if message.get("role") == "assistant" and not message.get("tool_calls"):
            content = message.get("content")
            return content if isinstance(content, str) else ""
    return ""
