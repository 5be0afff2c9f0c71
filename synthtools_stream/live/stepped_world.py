"""A task's world for programs without an event loop: other people's harnesses, which call tools as functions.

    world = SteppedWorld(task)
    answer = world.call("MoveBooking", {"booking_id": "BK-2041", "vessel_id": "VS-81"})

A call plays the tool on the state that is there and leaves the next one, which is all that a world holds: it can be
copied, put aside and taken up again. Each call opens a sandbox of its own, which takes some 20 ms.
"""

from __future__ import annotations

import asyncio
from hashlib import blake2b

from synthtools_stream.live.tool_environment import ToolEnvironment
from synthtools_stream.records import Task
from synthtools_stream.state.changes import as_state
from synthtools_stream.state.equality import equal_up_to
from synthtools_stream.values.jsontypes import JsonObject, canonical_json

__all__ = ["SteppedWorld"]


class SteppedWorld:
    """The world of one task, a call at a time; equal to another where the verdict takes their states for the same."""

    def __init__(self, task: Task, state: JsonObject | None = None) -> None:
        """Begin in `state`, by default the task's initial one."""
        self._task = task if state is None else task.model_copy(update={"initial_state": state})
        self.state: JsonObject | None = self._task.initial_state
        """As it stands; never written in place."""

    def call(self, tool_name: str, arguments: JsonObject | str) -> JsonObject:
        """Make a call and return what the agent is told: `status_code`, and `response` or `error_message`.

        Tools that are no code answer what the ground truth asked and nothing else.

        :raises SandboxMissing: when no program can be run here.
        :raises RuntimeError: within a running event loop: use a `ToolEnvironment` there.
        """
        played = self._play(tool_name, arguments)
        try:
            return asyncio.run(played)
        finally:
            played.close()

    async def _play(self, tool_name: str, arguments: JsonObject | str) -> JsonObject:
        begun = self._task.model_copy(update={"initial_state": self.state})
        async with ToolEnvironment(begun, tape_only=True) as env:
            answer = await env.call(tool_name, arguments)
            self.state = env.state
        return answer

    def digest(self) -> str:
        """Return what equal worlds have in common, but that other names of what was created give another digest."""
        volatile = {tuple(name.split(".", 1)) for name in self._task.meta.volatile}
        kept: JsonObject = {
            collection: {
                name: {key: value for key, value in entity.items() if (collection, key) not in volatile}
                for name, entity in entities.items()
            }
            for collection, entities in as_state(self.state).items()
        }
        return blake2b(canonical_json(kept), digest_size=16).hexdigest()

    def __eq__(self, other: object) -> bool:
        """Say whether the other's state differs in nothing but minted ids and volatile attributes."""
        if not isinstance(other, SteppedWorld):
            return NotImplemented
        begun, ours, theirs = (as_state(state) for state in (self._task.initial_state, self.state, other.state))
        return not equal_up_to(ours, theirs, begun, self._task.meta.volatile)

    def __hash__(self) -> int:
        """Refuse: its state changes.

        :raises TypeError: always.
        """
        raise TypeError("a SteppedWorld changes: it has no hash")
