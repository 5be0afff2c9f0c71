"""The tasks of a dataset and the attempts at them: what all dialects ask for the same few things."""

from __future__ import annotations

from synthtools_stream.envserving.sessions import Session, Sessions
from synthtools_stream.envserving.tasks_in_use import TasksInUse
from synthtools_stream.errors import UsageError
from synthtools_stream.storage.datasets.task_shelf import TaskShelf

__all__ = ["UnknownTask", "Worlds"]

_SHOWN = 80
"""Characters of a wrong id that a message shows."""


class UnknownTask(UsageError):
    """The dataset holds no such task."""


class Worlds:
    """A dataset's tasks, to be attempted in sessions."""

    def __init__(self, shelf: TaskShelf, sessions: Sessions) -> None:
        self.shelf = shelf
        self._tasks = TasksInUse(shelf)
        self.sessions = sessions

    async def begin(self, task_id: str, *, seed: int = 0, door: str = "") -> Session:
        """Begin an attempt at a task; `door` names the dialect by which it came.

        :raises UnknownTask: when there is none of this id.
        :raises Full: when there are too many sessions already.
        :raises DatasetError: when its row is none.
        :raises UsageError: when a tool of it can be played by nobody, or is called as the submission is.
        """
        if task_id not in self.shelf:
            raise UnknownTask(f"the dataset holds no task {task_id[:_SHOWN]!r}")
        task = await self._tasks.task(task_id)
        return await self.sessions.begin(task, seed=seed, door=door)

    def task_id_at(self, index: int) -> str:
        """Return the id of a task by its place in the dataset.

        :raises UnknownTask: when there are not so many.
        """
        if not 0 <= index < len(self.shelf):
            raise UnknownTask(f"the dataset holds the tasks 0 to {len(self.shelf) - 1}, and no task {index}")
        return self.shelf.ids[index]
