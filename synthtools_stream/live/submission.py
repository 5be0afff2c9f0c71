"""What an agent that only knows tools can do: call the task's, and submit what it tells the user, as a tool of its own.

The submission ends the attempt and tells the agent nothing of the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from synthtools_stream.errors import UsageError
from synthtools_stream.live.tool_environment import ToolEnvironment
from synthtools_stream.records import Task, Verdict, VerdictKind
from synthtools_stream.state.changes import now_of
from synthtools_stream.toolcalls import WireNames
from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["MAX_DEPTH", "SUBMISSION", "SUBMIT", "Attempt", "act", "assert_submittable", "told_request"]

SUBMIT = "submit_answer"
"""The name under which agents that only know tools end an attempt."""
MAX_DEPTH = 64
"""Containers one inside the other in a call's arguments: far more than any tool takes, few enough to walk."""
SUBMISSION: JsonObject = {
    "name": SUBMIT,
    "description": "Tell the user what you have done and found out, once all is done. This ends the task: nothing can"
    " be called afterwards.",
    "parameters": {
        "type": "object",
        "properties": {"message": {"type": "string", "description": "Your closing message to the user."}},
        "required": ["message"],
        "additionalProperties": False,
    },
}
"""The tool of that name, as it is offered."""
_OVER = "the attempt is over: nothing more can be called"


@dataclass(kw_only=True)
class Attempt:
    """One attempt, ended by a submission."""

    env: ToolEnvironment
    submits: bool = True
    """Whether the agent ends it itself, by a tool for that; else whoever hears its closing message does."""
    steps: int = 0
    """Calls and submissions so far."""
    verdict: Verdict | None = field(default=None, repr=False)
    """Set by the submission; the agent never sees it."""

    @cached_property
    def offered(self) -> list[JsonObject]:
        """The tools, each as `name`, `description`, `parameters` (a JSON schema); where agents submit, that too."""
        tools = [object_at(tool, "function") for tool in self.env.tools]
        return [*tools, SUBMISSION] if self.submits else tools

    def knows_tool(self, name: str) -> bool:
        """Say whether a call of this name is one of those offered."""
        return any(tool["name"] == name for tool in self.offered)

    async def call(self, tool_name: str, arguments: JsonObject | str) -> JsonObject:
        """Make a call and return what the agent is told, an error once the attempt is over.

        :raises TransportError: when the model that plays the tool cannot be reached.
        """
        self.steps += 1
        return await self.env.call(tool_name, arguments)

    def submit(self, closing_message: str) -> bool:
        """End the attempt with what the agent tells the user; says whether it was not over before."""
        self.steps += 1
        if self.verdict is not None:
            return False
        self.verdict = self.env.verdict(closing_message)
        return True

    @property
    def over(self) -> bool:
        """Whether the agent has submitted."""
        return self.verdict is not None

    @property
    def reward(self) -> float:
        """1.0 for an attempt that code found solved, else 0.0; for the control side."""
        return 1.0 if self.verdict is not None and self.verdict.kind is VerdictKind.solved else 0.0


def told_request(task: Task) -> str:
    """Return what an agent is told at the beginning: what the user wants, and the world's time."""
    now = now_of(task.initial_state)
    return task.summary if now is None else f"{task.summary}\n\nThe present time is {now}."


def assert_submittable(task: Task) -> None:
    """Refuse a task with a tool that cannot be told from the submission.

    :raises UsageError: when there is one.
    """
    names = WireNames(tool.tool_name for tool in task.tools)
    if any(names.on_wire(tool.tool_name) == SUBMIT for tool in task.tools):
        raise UsageError(f"task {task.id}: a tool is called {SUBMIT}, as the tool that ends an attempt is")


async def act(attempt: Attempt, name: str, arguments: Json) -> JsonObject:
    """Make a call, or the submission, and return what the agent is told: `status_code`, and what goes with it.

    :raises TransportError: when the model that plays the tool cannot be reached.
    """
    if attempt.over:
        return _refused(_OVER)
    if not isinstance(arguments, dict | str):
        return _refused("arguments must be a JSON object")
    if isinstance(arguments, dict) and deeper_than(arguments, MAX_DEPTH):
        return _refused(f"arguments are nested more than {MAX_DEPTH} levels deep")
    if name != SUBMIT or not attempt.submits:
        return await attempt.call(name, arguments)
    message = arguments.get("message") if isinstance(arguments, dict) else None
    if not isinstance(message, str):
        return _refused(f"{SUBMIT} needs `message`, a text")
    attempt.submit(message)
    return {"status_code": 200, "response": {"ended": True}}


def _refused(why: str) -> JsonObject:
    return {"status_code": 400, "error_message": why}
