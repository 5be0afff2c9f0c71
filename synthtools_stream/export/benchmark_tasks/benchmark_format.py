"""A format made of proven tasks, each with a world that a harness plays through our package."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from importlib.resources import files
from keyword import iskeyword

import orjson

from synthtools_stream.errors import Rejection
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_folder import put_file
from synthtools_stream.export.export_format import Choices, ExportFormat, Item, LeftOut, Made, WholeFile
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.columns import as_columns
from synthtools_stream.toolcalls import Call, parse_call

__all__ = ["BenchmarkFormat", "calls_of", "world_file"]

_SHIPPED = "synthtools_stream.export.benchmark_tasks.shipped"


class BenchmarkFormat(ExportFormat):
    """Rows for each task that is proven: no other could be judged."""

    needs = frozenset({Kind.tasks})
    shipped: str
    """The module that stands beside the rows."""

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Item]:  # noqa: ARG002 - nothing is said
        """Return the task's rows, or why it has none."""
        if group.task is None:
            if not group.bad:
                yield LeftOut(group.task_id, "no_task", "there are only attempts at it")
            return
        try:
            _assert_callable(group.task)
            yield from [*self.of_task(group.task, part)]
        except Rejection as rejection:
            yield LeftOut(group.task_id, rejection.reason, rejection.detail)

    @abstractmethod
    def of_task(self, task: Task, part: str) -> Iterable[Item]:
        """Return a proven task's rows.

        :raises Rejection: when the benchmark cannot hold it.
        """

    def finish(self, made: Made) -> None:
        """Write the module that plays the worlds."""
        text = files(_SHIPPED).joinpath(f"{self.shipped}.txt").read_text(encoding="utf-8")
        put_file(made.folder / self.shipped, text.encode())


def world_file(task: Task, folder: str, name: str) -> WholeFile:
    """Return a task as the file that `load_tasks` reads: what its world is played from."""
    row = as_columns(Kind.tasks.name, task.to_json())
    return WholeFile(folder, f"{name}.jsonl", orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def calls_of(task: Task) -> list[Call]:
    """Return the calls of the ground truth."""
    names = [tool.tool_name for tool in task.tools]
    return [parse_call(text, names) for text in task.gt_tool_calls]


def _assert_callable(task: Task) -> None:
    """Refuse what is not proven, or cannot be called as a Python function."""
    if task.certificate is None:
        raise Rejection("unproven", "no attempt at it could ever be judged as solved")
    for tool in task.tools:
        for name in (tool.tool_name, *tool.parameters):
            if not name.isidentifier() or not name.isascii() or iskeyword(name) or name.startswith("_"):
                raise Rejection("no_python_name", f"a Python function cannot have {name!r}, of {tool.tool_name!r}")
