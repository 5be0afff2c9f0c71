"""The control side: where a trainer begins attempts and learns how they ended. Agents do not have its token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from synthtools_stream.envserving.nemo_gym_row import gym_row
from synthtools_stream.envserving.sessions import Session
from synthtools_stream.envserving.wire_answers import Refused, answer, json_body, route, whole_number
from synthtools_stream.envserving.worlds import Worlds
from synthtools_stream.errors import DatasetError
from synthtools_stream.live.submission import told_request
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Control"]

_PAGE = 1000
"""Tasks that one answer names, unless the request says otherwise."""


class Control:
    """The routes below /control."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds

    def routes(self) -> list[Route]:
        """Return them."""
        one = "/control/sessions/{id}"
        return [
            Route("/control/tasks", route(self._tasks), methods=["GET"]),
            Route("/control/nemo-gym/rows", route(self._gym_rows), methods=["GET"]),
            Route("/control/sessions", route(self._list), methods=["GET"]),
            Route("/control/sessions", route(self._begin), methods=["POST"]),
            Route(one, route(self._look), methods=["GET"]),
            Route(f"{one}/submit", route(self._submit), methods=["POST"]),
            Route(one, route(self._end), methods=["DELETE"]),
        ]

    async def _tasks(self, request: Request) -> Response:
        """Name the tasks in the dataset's order, `limit` of them from `offset` on."""
        query: JsonObject = {
            key: int(value) if value.isdecimal() else value for key, value in request.query_params.items()
        }
        offset, limit = whole_number(query, "offset", 0), whole_number(query, "limit", _PAGE)
        ids = self._worlds.shelf.ids
        return answer({"count": len(ids), "tasks": [*ids[offset : offset + limit]]})

    async def _gym_rows(self, _request: Request) -> Response:
        """Stream the dataset as rows of NeMo Gym's, one a line; what is no task is left out."""
        return StreamingResponse(self._rows(), media_type="application/x-ndjson")

    async def _rows(self) -> AsyncGenerator[bytes]:
        for task_id in self._worlds.shelf.ids:
            try:
                task = await asyncio.to_thread(self._worlds.shelf.task, task_id)
            except DatasetError:
                continue
            yield orjson.dumps(gym_row(task)) + b"\n"

    async def _list(self, _request: Request) -> Response:
        open_now = [_summary(session) for session in self._worlds.sessions.all()]
        return answer({"most": self._worlds.sessions.most, "sessions": [*open_now]})

    async def _begin(self, request: Request) -> Response:
        """Begin an attempt for somebody who then acts in it over MCP."""
        body = await json_body(request)
        task_id = body["task_id"] if "task_id" in body else self._worlds.task_id_at(whole_number(body, "index"))
        if not isinstance(task_id, str):
            raise Refused(400, "`task_id` must be a text")
        session = await self._worlds.begin(task_id, seed=whole_number(body, "seed", 0), door="control")
        told: JsonObject = {"request": told_request(session.task), "mcp": f"/mcp?session_id={session.id}"}
        return answer({**_summary(session), **told}, 201)

    async def _look(self, request: Request) -> Response:
        return answer(_told(self._session(request)))

    async def _submit(self, request: Request) -> Response:
        """End an attempt with the closing message of an agent that does not submit itself."""
        session = self._session(request)
        message = (await json_body(request)).get("message")
        if not isinstance(message, str):
            raise Refused(400, "`message` must be a text: what the agent tells the user")
        if not session.submit(message):
            raise Refused(409, "the attempt is over: its verdict stands")
        return answer(_told(session))

    async def _end(self, request: Request) -> Response:
        session = self._session(request)
        await self._worlds.sessions.end(session.id)
        return answer({"session_id": session.id, "closed": True})

    def _session(self, request: Request) -> Session:
        return self._worlds.sessions.session(request.path_params["id"])


def _summary(session: Session) -> JsonObject:
    return {
        "session_id": session.id,
        "task_id": session.task.id,
        "door": session.door,
        "over": session.over,
        "steps": session.steps,
    }


def _told(session: Session) -> JsonObject:
    told: JsonObject = {**_summary(session), "fault": session.env.fault, "state": session.env.state}
    if session.verdict is not None:
        told |= {"reward": session.reward, "verdict": session.verdict.to_json()}
    return told
