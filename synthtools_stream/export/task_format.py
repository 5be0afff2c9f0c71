"""A format made of proven tasks, an item or more each, with what each target cannot take."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

from synthtools_stream.errors import Rejection
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, Item, LeftOut, Line, line
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.columns import as_columns

__all__ = ["TaskFormat", "assert_proven", "task_line"]


class TaskFormat(ExportFormat):
    """What is written for each task that is proven: no other could be judged."""

    needs = frozenset({Kind.tasks})

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Item]:
        """Return all that a task gives, or why it gives nothing."""
        if group.task is None:
            if not group.bad:
                yield LeftOut(group.task_id, "no_task", "there are only attempts at it")
            return
        try:
            assert_proven(group.task)
            self.assert_fit(group.task)
            yield from [*self.of_task(group.task, part, choices)]
        except Rejection as rejection:
            yield LeftOut(group.task_id, rejection.reason, rejection.detail)

    def assert_fit(self, task: Task) -> None:
        """Refuse a proven task that the target cannot take.

        :raises Rejection: with the reason.
        """

    @abstractmethod
    def of_task(self, task: Task, part: str, choices: Choices) -> Iterable[Item]:
        """Return what a task gives; where it raises, nothing of it is written.

        :raises Rejection: when the format cannot hold it.
        """


def assert_proven(task: Task) -> None:
    """Refuse a task of which no attempt could be judged.

    :raises Rejection: when it has no certificate.
    """
    if task.certificate is None:
        raise Rejection("unproven", "no attempt at it could ever be judged as solved")


def task_line(file: str, task: Task) -> Line:
    """Return a whole task as the line of a file that `serve-env` and `load_tasks` read, and worlds are made of."""
    return line(file, as_columns(Kind.tasks.name, task.to_json()))
