"""OpenEnv: the socket that episodes are driven by, and the HTTP routes about it: schemas, tasks, JSON-RPC.

Its servers answer `/reset` and `/step` over HTTP with an environment that lives for one request. A reset has something
to show by that; a step has nothing to act in, so it is told where to go.
"""

from __future__ import annotations

from inspect import getdoc

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from synthtools_stream import __version__
from synthtools_stream.envserving.json_rpc import INVALID_PARAMS, SERVER_ERROR, rpc_error, rpc_result
from synthtools_stream.envserving.openenv_episode import (
    OVER_HTTP,
    SPLIT,
    answer_rpc,
    begin_episode,
    begun,
    episode_state,
)
from synthtools_stream.envserving.openenv_messages import SCHEMAS, Wrong, parse_action
from synthtools_stream.envserving.openenv_socket import OpenEnvSocket
from synthtools_stream.envserving.wire_answers import (
    Handler,
    Refused,
    answer,
    json_body,
    refusal,
    route,
    whole_number,
)
from synthtools_stream.envserving.worlds import Worlds
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["OpenEnv"]

_NAME = "synthtools"
"""The environment's name in the Task API."""
_NO_STEP = (
    "a step over HTTP has no episode: drive one over the web socket /ws, or begin one by openenv/session/create at /mcp"
)
_ABOUT = "Tool-use tasks with proven verdicts: call the tools, then submit_answer; the closing step has the reward."


class OpenEnv:
    """The routes below /openenv."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._attached: set[str] = set()

    def routes(self, path: str = "/openenv") -> list[BaseRoute]:
        """Return them, below `path`."""
        served = [*self._about(), *self._stateless(), *self._tasks()]
        return [Mount(path, routes=[*served, Route("/openapi.json", route(_openapi(served)), methods=["GET"])])]

    def _about(self) -> list[BaseRoute]:
        return [
            WebSocketRoute("/ws", self._socket),
            Route("/health", route(self._health), methods=["GET"]),
            Route("/metadata", route(self._metadata), methods=["GET"]),
            Route("/schema", route(self._schema), methods=["GET"]),
            Route("/state", route(self._state), methods=["GET"]),
            Route("/mcp", route(self._rpc), methods=["POST"]),
        ]

    def _stateless(self) -> list[BaseRoute]:
        return [
            Route("/reset", route(self._reset), methods=["POST"]),
            Route("/step", route(self._step), methods=["POST"]),
        ]

    def _tasks(self) -> list[BaseRoute]:
        return [
            Route("/list_environments", route(self._environments), methods=["GET"]),
            Route("/{env}/splits", route(self._splits), methods=["GET"]),
            Route("/{env}/tasks", route(self._all_tasks), methods=["POST"]),
            Route("/{env}/num_tasks", route(self._num_tasks), methods=["POST"]),
            Route("/{env}/task", route(self._task), methods=["POST"]),
            Route("/{env}/task_range", route(self._task_range), methods=["POST"]),
        ]

    async def _socket(self, socket: WebSocket) -> None:
        await OpenEnvSocket(self._worlds, socket, self._attached).serve()

    async def _health(self, _request: Request) -> Response:
        """Say that the server lives."""
        return answer({"status": "healthy"})

    async def _metadata(self, _request: Request) -> Response:
        """Say what the environment is."""
        return answer({"name": _NAME, "description": _ABOUT, "version": __version__})

    async def _schema(self, _request: Request) -> Response:
        """Give the schemas of actions, observations and state."""
        return answer(SCHEMAS)

    async def _state(self, request: Request) -> Response:
        """Say where the episode of `session_id` stands."""
        named = request.query_params.get("session_id")
        return answer(episode_state(self._worlds.sessions.session(named) if named else None, None))

    async def _reset(self, request: Request) -> Response:
        """Show the first observation of an attempt that ends with the request."""
        try:
            session, _ = await begin_episode(self._worlds, await json_body(request))
        except Wrong as error:
            raise Refused(422, str(error)) from error
        await self._worlds.sessions.end(session.id)
        return answer(object_at(begun(session), "data"))

    async def _step(self, request: Request) -> Response:
        """Say where an action can be taken: over HTTP there is no episode."""
        try:
            parse_action((await json_body(request)).get("action"))
        except Wrong as error:
            raise Refused(422, str(error)) from error
        raise Refused(409, _NO_STEP)

    async def _rpc(self, request: Request) -> Response:
        """Begin or close a session, or list and call the tools of the one that the params name."""
        body = await json_body(request)
        params = body.get("params", {})
        if not isinstance(params, dict):
            return answer(rpc_error(body, INVALID_PARAMS, "`params` must be an object"))
        session_id = params.pop("session_id", "")
        try:
            match body.get("method"):
                case "openenv/session/create":
                    session, _ = await begin_episode(self._worlds, params, door=OVER_HTTP)
                    return answer(rpc_result(body, {"session_id": session.id}))
                case "openenv/session/close":
                    await self._worlds.sessions.end(self._worlds.sessions.session(str(session_id)).id)
                    return answer(rpc_result(body, {"session_id": session_id, "closed": True}))
                case _:
                    return answer(await answer_rpc(self._worlds.sessions.session(str(session_id)), body))
        except Wrong as error:
            return answer(rpc_error(body, INVALID_PARAMS, str(error)))
        except Exception as error:
            told = refusal(error)
            return answer(rpc_error(body, SERVER_ERROR if told.status >= 500 else INVALID_PARAMS, str(told)))

    async def _environments(self, _request: Request) -> Response:
        """Name the one environment of the Task API."""
        return answer([_NAME])

    async def _splits(self, request: Request) -> Response:
        """Name the one split."""
        _assert_ours(request)
        split: JsonObject = {"name": SPLIT, "type": SPLIT}
        return answer([split])

    async def _all_tasks(self, request: Request) -> Response:
        """Name all tasks."""
        await _asked(request)
        return answer({"tasks": [{"task_id": name} for name in self._worlds.shelf.ids], "env_name": _NAME})

    async def _num_tasks(self, request: Request) -> Response:
        """Say how many tasks there are."""
        await _asked(request)
        return answer({"num_tasks": len(self._worlds.shelf)})

    async def _task(self, request: Request) -> Response:
        """Name the task of an index."""
        index = whole_number(await _asked(request), "index")
        return answer({"task": {"task_id": self._worlds.task_id_at(index)}})

    async def _task_range(self, request: Request) -> Response:
        """Name the tasks from `start` to `stop`."""
        body = await _asked(request)
        count = len(self._worlds.shelf)
        start, stop = whole_number(body, "start", 0), whole_number(body, "stop", count)
        return answer({"tasks": [{"task_id": name} for name in self._worlds.shelf.ids[start:stop]]})


def _openapi(served: list[BaseRoute]) -> Handler:
    """Return what tells OpenEnv's own validation which routes there are: by them it knows the server's mode."""
    paths: JsonObject = {}
    for one in served:
        if isinstance(one, Route):
            told: JsonObject = {
                "summary": getdoc(one.endpoint),
                "responses": {"200": {"description": "what was asked"}},
            }
            paths[one.path] = {method.lower(): told for method in sorted(one.methods or ()) if method != "HEAD"}
    described: JsonObject = {
        "openapi": "3.1.0",
        "info": {"title": _NAME, "description": _ABOUT, "version": __version__},
        "paths": paths,
    }

    async def openapi(_request: Request) -> Response:
        return answer(described)

    return openapi


def _assert_ours(request: Request) -> None:
    if request.path_params["env"].lower() != _NAME:
        raise Refused(404, f"there is no such environment; there is {_NAME!r}")


async def _asked(request: Request) -> JsonObject:
    """Return the body of a question about tasks, without what is null.

    :raises Refused: when it is about another environment or split.
    """
    _assert_ours(request)
    body = await json_body(request)
    if body.get("split") != SPLIT:
        raise Refused(404, f"`split` must be {SPLIT!r}")
    return {key: value for key, value in body.items() if value is not None}
