"""What an agent can do in a session: call the task's tools, and submit what it tells the user, as a tool of its own.

The submission ends the attempt and tells the agent nothing of the verdict.
"""

from __future__ import annotations

from synthtools_stream.envserving.sessions import Session
from synthtools_stream.errors import UsageError
from synthtools_stream.records import Task
from synthtools_stream.state.changes import now_of
from synthtools_stream.toolcalls import WireNames
from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["MAX_DEPTH", "SUBMIT", "act", "assert_submittable", "knows_tool", "offered", "told_request"]

SUBMIT = "submit_answer"
"""The name under which agents that only know tools end an attempt."""
MAX_DEPTH = 64
"""Containers one inside the other in a call's arguments: far more than any tool takes, few enough to walk."""
_SUBMISSION: JsonObject = {
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
_OVER = "the attempt is over: nothing more can be called"


def offered(session: Session) -> list[JsonObject]:
    """Return the tools, each as `name`, `description`, `parameters` (a JSON schema); where agents submit, that too."""
    tools = [object_at(tool, "function") for tool in session.env.tools]
    return [*tools, _SUBMISSION] if session.submits else tools


def knows_tool(session: Session, name: str) -> bool:
    """Say whether a call of this name is one of those offered."""
    return any(tool["name"] == name for tool in offered(session))


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


async def act(session: Session, name: str, arguments: Json) -> JsonObject:
    """Make a call, or the submission, and return what the agent is told: `status_code`, and what goes with it.

    :raises TransportError: when the model that plays the tool cannot be reached.
    """
    if session.over:
        return _refused(_OVER)
    if not isinstance(arguments, dict | str):
        return _refused("arguments must be a JSON object")
    if isinstance(arguments, dict) and deeper_than(arguments, MAX_DEPTH):
        return _refused(f"arguments are nested more than {MAX_DEPTH} levels deep")
    if name != SUBMIT or not session.submits:
        return await session.call(name, arguments)
    message = arguments.get("message") if isinstance(arguments, dict) else None
    if not isinstance(message, str):
        return _refused(f"{SUBMIT} needs `message`, a text")
    session.submit(message)
    return {"status_code": 200, "response": {"ended": True}}


def _refused(why: str) -> JsonObject:
    return {"status_code": 400, "error_message": why}
