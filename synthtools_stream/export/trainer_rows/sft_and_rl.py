"""A format with rows for both ways of training: attempts to learn from, and proven tasks to act in."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

from synthtools_stream.errors import Rejection
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, LeftOut, Line, line
from synthtools_stream.export.task_format import assert_proven
from synthtools_stream.records import Task, Trajectory
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["SftAndRlFormat"]


class SftAndRlFormat(ExportFormat):
    """Attempts for SFT in `sft/`, proven tasks for RL in `rl/`, as far as either is there."""

    needs = frozenset[Kind]()
    takes = frozenset({Kind.tasks, Kind.trajectories})

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line | LeftOut]:
        """Return a line of `sft` an attempt, and the task's lines of `rl`."""
        for attempt in group.attempts:
            try:
                yield line(f"sft/{part}.jsonl", self.sft_row(attempt, choices))
            except Rejection as rejection:
                yield LeftOut(attempt.id, rejection.reason, rejection.detail)
        if group.task is not None:
            try:
                assert_proven(group.task)
                yield from [*self.rl_lines(group.task, part)]
            except Rejection as rejection:
                yield LeftOut(group.task.id, rejection.reason, rejection.detail)

    @abstractmethod
    def sft_row(self, attempt: Trajectory, choices: Choices) -> JsonObject:
        """Return an attempt's row.

        :raises Rejection: when the format cannot hold it.
        """

    @abstractmethod
    def rl_lines(self, task: Task, part: str) -> Iterable[Line]:
        """Return a proven task's lines.

        :raises Rejection: when the format cannot hold it.
        """
