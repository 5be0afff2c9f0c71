"""OpenEnv's view of a session: actions, JSON-RPC and state, whichever way they come in."""

from __future__ import annotations

from synthtools_stream.envserving.json_rpc import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    NO_METHOD,
    SERVER_ERROR,
    rpc_error,
    rpc_result,
)
from synthtools_stream.envserving.openenv_messages import Action, ListTools, observation, parse_reset
from synthtools_stream.envserving.sessions import Session
from synthtools_stream.envserving.worlds import UnknownTask, Worlds
from synthtools_stream.errors import TransportError
from synthtools_stream.live.submission import act, told_request
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "OVER_HTTP",
    "SPLIT",
    "answer_rpc",
    "begin_episode",
    "begun",
    "episode_state",
    "rpc_error",
    "rpc_result",
    "step",
]

OVER_HTTP = "openenv-http"
"""The door of sessions that were begun over HTTP, to which sockets may attach."""
SPLIT = "train"
"""The one split: a dataset is one file."""


async def begin_episode(worlds: Worlds, data: Json, *, door: str = "openenv") -> tuple[Session, str | None]:
    """Begin an attempt at the task that a reset names, and return it with the client's own id for it.

    :raises Wrong: when the reset cannot be read.
    :raises UnknownTask: when there is no such task.
    :raises Full: when there are too many sessions already.
    """
    asked = parse_reset(data)
    if asked.split not in (None, SPLIT):
        raise UnknownTask(f"there is no split {asked.split[:80]!r}; there is {SPLIT!r}")
    seed = asked.seed or 0
    place = asked.index if asked.index is not None else seed % len(worlds.shelf)
    task_id = asked.task_id if asked.task_id is not None else worlds.task_id_at(place)
    return await worlds.begin(task_id, seed=seed, door=door), asked.episode_id


def begun(session: Session) -> JsonObject:
    """Return the first observation."""
    return observation({"task_id": session.task.id, "request": told_request(session.task), "tools": _tools(session)})


async def step(session: Session, action: Action, *, owned: bool) -> JsonObject:
    """Take an action and return what was seen; on the closing step, and to the episode's owner alone, the reward."""
    if isinstance(action, ListTools):
        return observation({"tools": _tools(session)}, done=session.over)
    was_over = session.over
    seen = await _call(session, action.tool_name, action.arguments)
    closing = session.over and not was_over
    reward = session.reward if closing and owned else None
    return observation({"tool_name": action.tool_name, **seen}, reward=reward, done=session.over)


def episode_state(session: Session | None, episode_id: str | None) -> JsonObject:
    """Return the state that clients may see: where the episode stands, and nothing of the world."""
    if session is None:
        return {"episode_id": episode_id, "step_count": 0, "done": False}
    return {
        "episode_id": episode_id or session.id,
        "step_count": session.steps,
        "session_id": session.id,
        "task_id": session.task.id,
        "done": session.over,
    }


async def answer_rpc(session: Session, request: JsonObject) -> JsonObject:
    """Answer `tools/list` or `tools/call`, in JSON-RPC; the verdict is never part of it."""
    method, params = request.get("method"), request.get("params", {})
    if request.get("jsonrpc") != "2.0" or not isinstance(method, str):
        return rpc_error(request, INVALID_REQUEST, "this is no JSON-RPC 2.0 request")
    if not isinstance(params, dict):
        return rpc_error(request, INVALID_PARAMS, "`params` must be an object")
    if method == "tools/list":
        return rpc_result(request, {"tools": _tools(session, schema="inputSchema")})
    if method != "tools/call":
        return rpc_error(request, NO_METHOD, "there is tools/list and tools/call")
    name, arguments = params.get("name"), params.get("arguments", {})
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return rpc_error(request, INVALID_PARAMS, "`name` must be a text, `arguments` an object")
    seen = await _call(session, name, arguments)
    if isinstance(error := seen["error"], dict):
        return rpc_error(request, SERVER_ERROR, str(error["message"]))
    return rpc_result(request, seen["result"])


async def _call(session: Session, name: str, arguments: JsonObject) -> JsonObject:
    """Return `result`, which may be a tool's own error, or `error`, where no tool answered."""
    kind = "execution_error" if session.over else "" if session.knows_tool(name) else "tool_not_found"
    try:
        told = await act(session, name, arguments)
    except TransportError as failure:
        return {"result": None, "error": _error("transport_error", str(failure))}
    if kind:
        return {"result": None, "error": _error(kind, told.get("error_message", ""))}
    return {"result": told, "error": None}


def _error(kind: str, message: Json) -> JsonObject:
    return {"error_type": kind, "message": message}


def _tools(session: Session, schema: str = "input_schema") -> list[Json]:
    return [
        {"name": tool["name"], "description": tool["description"], schema: tool["parameters"]}
        for tool in session.offered
    ]
