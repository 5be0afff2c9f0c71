"""A format made of tasks that anybody can play and judge without a model."""

from __future__ import annotations

from collections.abc import Collection

from synthtools_stream.errors import Rejection
from synthtools_stream.export.task_format import TaskFormat
from synthtools_stream.live.submission import SUBMIT
from synthtools_stream.records import Task
from synthtools_stream.toolcalls import WireNames

__all__ = ["PlayableFormat"]


class PlayableFormat(TaskFormat):
    """What is written for each task whose tools are all code."""

    reserved: Collection[str] = ()
    """Names that no tool may have where the package is played."""

    def assert_fit(self, task: Task) -> None:
        """Refuse what takes a model, or has a tool of a reserved name; raises as the base says."""
        unplayed = [tool.tool_name for tool in task.tools if tool.tool_name not in task.meta.programs]
        if unplayed:
            raise Rejection("not_coded", f"a model would have to play {', '.join(unplayed)}")
        names = WireNames(tool.tool_name for tool in task.tools)
        taken = {names.on_wire(tool.tool_name) for tool in task.tools} & {SUBMIT, *self.reserved}
        if taken:
            raise Rejection("reserved_name", f"a tool is called {', '.join(sorted(taken))}")
