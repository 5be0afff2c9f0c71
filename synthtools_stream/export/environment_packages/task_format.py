"""A format made of tasks that anybody can play and judge without a model, with what each target cannot take."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator

from synthtools_stream.errors import Rejection
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, LeftOut, Line, line
from synthtools_stream.live.submission import SUBMIT
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.columns import as_columns
from synthtools_stream.toolcalls import WireNames

__all__ = ["TaskFormat", "task_line"]


class TaskFormat(ExportFormat):
    """Lines for each task that is proven, and whose tools are all code."""

    needs = frozenset({Kind.tasks})
    reserved: Collection[str] = ()
    """Names that no tool may have where the package is played."""

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line | LeftOut]:
        """Return the task's lines, or why it has none."""
        if group.task is None:
            if not group.bad:
                yield LeftOut(group.task_id, "no_task", "there are only attempts at it")
            return
        try:
            self._assert_playable(group.task)
            yield from self.of_task(group.task, part, choices)
        except Rejection as rejection:
            yield LeftOut(group.task_id, rejection.reason, rejection.detail)

    @abstractmethod
    def of_task(self, task: Task, part: str, choices: Choices) -> list[Line]:
        """Return a task's lines.

        :raises Rejection: when the format cannot hold it.
        """

    def _assert_playable(self, task: Task) -> None:
        if task.certificate is None:
            raise Rejection("unproven", "no attempt at it could ever be judged as solved")
        unplayed = [tool.tool_name for tool in task.tools if tool.tool_name not in task.meta.programs]
        if unplayed:
            raise Rejection("not_coded", f"a model would have to play {', '.join(unplayed)}")
        names = WireNames(tool.tool_name for tool in task.tools)
        taken = {names.on_wire(tool.tool_name) for tool in task.tools} & {SUBMIT, *self.reserved}
        if taken:
            raise Rejection("reserved_name", f"a tool is called {', '.join(sorted(taken))}")


def task_line(file: str, task: Task) -> Line:
    """Return a task as the line of a file that `serve-env` and `load_tasks` read."""
    return line(file, as_columns(Kind.tasks.name, task.to_json()))
