"""What attempts at one task are measured by, found out once for all of them that are live together."""

from __future__ import annotations

from synthtools_stream.proof.verdict import Target, target_of
from synthtools_stream.records import Task

__all__ = ["OnceTarget"]


class OnceTarget:
    """`target_of` for one task that remembers; what a task asks for costs more to find out than to compare."""

    def __init__(self) -> None:
        self._target: Target | None = None

    def __call__(self, task: Task) -> Target:
        """Return the target.

        :raises StateProblem: when the task's states are no collections of entities.
        """
        if self._target is None:
            self._target = target_of(task)
        return self._target
