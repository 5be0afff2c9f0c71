"""Tasks that sessions are at: read once for all of them, and kept no longer than the last one needs them.

A trainer begins a group of attempts at one task at once, and a row may have megabytes.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from synthtools_stream.asking.single_flight import SingleFlight
from synthtools_stream.live.submission import assert_submittable
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.task_shelf import TaskShelf

__all__ = ["TasksInUse"]


class TasksInUse:
    """The tasks of a shelf, each there once as long as somebody holds it."""

    def __init__(self, shelf: TaskShelf) -> None:
        self._shelf = shelf
        self._held: WeakValueDictionary[str, Task] = WeakValueDictionary()
        # A row that cannot be read is not read better by the next who waits.
        self._reads: SingleFlight[Task] = SingleFlight(shared_failures=True)

    async def task(self, task_id: str) -> Task:
        """Return a task that agents can submit in.

        :raises KeyError: when the file holds none of this id.
        :raises DatasetError: when its row is none.
        :raises UsageError: when a tool is called as the submission is, or the file cannot be read any more.
        """
        held = self._held.get(task_id)
        return held if held is not None else await self._reads.once(task_id, lambda: self._read(task_id))

    async def _read(self, task_id: str) -> Task:
        task = await asyncio.to_thread(self._shelf.task, task_id)
        assert_submittable(task)
        self._held[task_id] = task
        return task
