"""Tasks as TRL's `environment_factory`: a class for each set of tools, whose methods are the tools.

    with trl_environments(load_tasks("task_content.jsonl")) as worlds:
        GRPOTrainer(…, environment_factory=worlds.factories, train_dataset=Dataset.from_list(worlds.rows)).train()

TRL reads the tools off an instance that has no task yet, so tasks with other tools need another class; a row says which
by its column `environment`. It calls `reset`, tools and `get_reward` from threads of its own, without awaiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import ClassVar, Self

import orjson

from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.errors import UsageError
from synthtools_stream.live.submission import Attempt, act, assert_submittable, told_request
from synthtools_stream.live.tool_environment import ToolEnvironment
from synthtools_stream.live.tool_method import tool_method
from synthtools_stream.live.world_thread import WorldThread
from synthtools_stream.records import Task
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json

__all__ = ["TrlEnvironment", "TrlEnvironments", "trl_environments"]

_RESERVED = frozenset({"reset", "get_reward"})
"""Methods that are no tools to TRL; neither is what begins with an underscore."""


class TrlEnvironment:
    """One agent's world, used again and again: each `reset` begins an attempt at another task."""

    _tasks: ClassVar[Mapping[str, Task]] = {}
    _thread: ClassVar[WorldThread]
    _attempt: Attempt | None = None

    def reset(self, task_id: str, **_row: object) -> None:
        """Begin an attempt at the task that a row names; the request stands in the row's prompt.

        :raises UsageError: when there is no such task, or a tool of it can be played by nobody.
        """
        if task_id not in self._tasks:
            raise UsageError(f"{type(self).__name__}: there is no task {task_id!r}")
        left, self._attempt = self._attempt, None
        self._attempt = Attempt(env=self._thread.begin(self._tasks[task_id], left.env if left else None))

    def get_reward(self) -> float | None:
        """Return 1.0 for an attempt that code found solved, else 0.0; None where its failure was not the agent's.

        An agent that never called `submit_answer` has told the user nothing.

        :raises UsageError: before `reset`.
        """
        attempt = self._begun()
        return None if attempt.env.fault else self._thread.run(lambda: _judged(attempt))

    def _act(self, name: str, arguments: JsonObject) -> str:
        attempt = self._begun()
        return orjson.dumps(self._thread.run(lambda: act(attempt, name, arguments))).decode()

    def _begun(self) -> Attempt:
        if self._attempt is None:
            raise UsageError("reset first: there is no attempt")
        return self._attempt


async def _judged(attempt: Attempt) -> float:
    if not attempt.over:
        attempt.submit("")
    return attempt.reward


class TrlEnvironments:
    """What a trainer takes; close it after training, or use it as a context."""

    def __init__(
        self, factories: Mapping[str, Callable[[], TrlEnvironment]], rows: list[JsonObject], thread: WorldThread
    ) -> None:
        self.factories = dict(factories)
        """Named for the first task with their tools: TRL's `environment_factory`."""
        self.rows = rows
        """One for each task: `prompt`, `environment`, `task_id`; columns of your own may stand beside them."""
        self._thread = thread

    def close(self) -> None:
        """End all attempts and what plays their tools; idempotent."""
        self._thread.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def trl_environments(
    tasks: Iterable[Task], *, simulator: LanguageModel | None = None, tape_only: bool = False
) -> TrlEnvironments:
    """Return factories and rows for GRPO trainers; `simulator` and `tape_only` are as in `ToolEnvironment`.

    :raises UsageError: when there is no task, two share an id, or a tool of one is none that a Python method can be.
    """
    thread = WorldThread(simulator, tape_only=tape_only)
    made: dict[bytes, type[TrlEnvironment]] = {}
    shelves: dict[str, dict[str, Task]] = {}
    rows: dict[str, JsonObject] = {}
    for task in tasks:
        if task.id in rows:
            raise UsageError(f"task {task.id}: another one has the same id")
        assert_submittable(task)
        tools = sorted(Attempt(env=ToolEnvironment(task)).offered, key=lambda tool: str(tool["name"]))
        key = canonical_json([*tools])
        if key not in made:
            shelves[task.id] = {}
            made[key] = _environment(task.id, tools, shelves[task.id], thread)
        name = made[key].__name__
        shelves[name][task.id] = task
        prompt: list[Json] = [{"role": "user", "content": told_request(task)}]
        rows[task.id] = {"prompt": prompt, "environment": name, "task_id": task.id}
    if not rows:
        raise UsageError("trl_environments: there is no task")
    return TrlEnvironments({one.__name__: one for one in made.values()}, list(rows.values()), thread)


def _environment(
    name: str, tools: list[JsonObject], tasks: Mapping[str, Task], thread: WorldThread
) -> type[TrlEnvironment]:
    """Make the class whose methods are these tools."""
    names = [str(tool["name"]) for tool in tools]
    for taken in names:
        if taken in _RESERVED or taken.startswith("_"):
            raise UsageError(f"task {name}: TRL takes no tool called {taken!r}")
    methods = {called: tool_method(tool, TrlEnvironment._act) for called, tool in zip(names, tools, strict=True)}
    return type(name, (TrlEnvironment,), {**methods, "_tasks": tasks, "_thread": thread})
