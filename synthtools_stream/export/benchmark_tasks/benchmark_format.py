"""A format made of tasks with worlds that a harness plays through our package."""

from __future__ import annotations

from importlib.resources import files
from keyword import iskeyword

from synthtools_stream.errors import Rejection
from synthtools_stream.export.export_format import Made, WholeFile
from synthtools_stream.export.task_format import TaskFormat, task_line
from synthtools_stream.records import Task
from synthtools_stream.storage.appendlog.whole_file import put_file
from synthtools_stream.toolcalls import Call, parse_call

__all__ = ["BenchmarkFormat", "calls_of", "world_file"]

_SHIPPED = "synthtools_stream.export.benchmark_tasks.shipped"


class BenchmarkFormat(TaskFormat):
    """Rows for each task whose tools can be Python functions."""

    shipped: str
    """The module that stands beside the rows."""

    def assert_fit(self, task: Task) -> None:
        """Refuse what cannot be called as a Python function; raises as the base says."""
        for tool in task.tools:
            for name in (tool.tool_name, *tool.parameters):
                if not name.isidentifier() or not name.isascii() or iskeyword(name) or name.startswith("_"):
                    raise Rejection("no_python_name", f"a Python function cannot have {name!r}, of {tool.tool_name!r}")

    def finish(self, made: Made) -> None:
        """Write the module that plays the worlds."""
        text = files(_SHIPPED).joinpath(f"{self.shipped}.txt").read_text(encoding="utf-8")
        put_file(made.folder / self.shipped, text.encode())


def world_file(task: Task, folder: str, name: str) -> WholeFile:
    """Return a task as the file that `load_tasks` reads: what its world is played from."""
    return WholeFile(folder, f"{name}.jsonl", task_line("", task).text)


def calls_of(task: Task) -> list[Call]:
    """Return the calls of the ground truth."""
    names = [tool.tool_name for tool in task.tools]
    return [parse_call(text, names) for text in task.gt_tool_calls]
