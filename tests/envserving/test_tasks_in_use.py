"""Tasks that sessions are at: one read for many who begin at once, none for who comes later, and nothing kept."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import pytest

from synthtools_stream.envserving.tasks_in_use import TasksInUse
from synthtools_stream.errors import UsageError
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.task_shelf import TaskShelf, open_shelf
from tests.envserving.envkit import CODED, dataset


class Counted(TaskShelf):
    """A shelf that counts what is read."""

    reads: list[str] = []  # noqa: RUF012 - the shelf is frozen

    def task(self, task_id: str) -> Task:
        """Read."""
        self.reads.append(task_id)
        return super().task(task_id)


def counted(path: Path) -> Counted:
    """Return such a shelf of a file."""
    shelf = open_shelf(path)
    Counted.reads = []
    return Counted(shelf.rows, shelf.known)


async def test_read_once_and_let_go(tmp_path: Path) -> None:
    """All get the same task; when nobody holds it any more, it is read again."""
    shelf = counted(dataset(tmp_path))
    tasks = TasksInUse(shelf)
    group = await asyncio.gather(*(tasks.task(CODED.id) for _ in range(8)))
    later = await tasks.task(CODED.id)
    assert all(task is later for task in group)
    assert later == CODED
    assert shelf.reads == [CODED.id]
    del group, later
    await asyncio.sleep(0)  # the loop holds what it woke us with until we wait again
    gc.collect()
    await tasks.task(CODED.id)
    assert shelf.reads == [CODED.id] * 2


async def test_what_is_refused_is_not_kept(tmp_path: Path) -> None:
    """Each who asks for a task that agents cannot submit in is told so."""
    tools = [*CODED.tools, CODED.tools[0].model_copy(update={"tool_name": "submit_answer"})]
    tasks = TasksInUse(counted(dataset(tmp_path, [CODED.model_copy(update={"tools": tools})])))
    for _ in range(2):
        with pytest.raises(UsageError, match="as the tool that ends an attempt is"):
            await tasks.task(CODED.id)
