"""NeMo Gym: a resources server. A cookie is the session, each tool a route, `/verify` the end of the attempt.

The agent's calls and the trainer's come to the same address with the same cookie. Who shows the row's `task_key` is the
trainer; who does not calls a tool, whatever its name. An agent that speaks MCP is told by `/seed_session` how to act in
the very session of the cookie.
"""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from synthtools_stream.envserving.gym_metrics import aggregate
from synthtools_stream.envserving.mcp_dialect import SESSION_TOKEN_HEADER
from synthtools_stream.envserving.nemo_gym_row import task_key
from synthtools_stream.envserving.sessions import NEMO_GYM, Session
from synthtools_stream.envserving.wire_answers import Refused, answer, json_body, route
from synthtools_stream.envserving.worlds import Worlds
from synthtools_stream.live.submission import act
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["NemoGym"]

_PATH = "/nemo-gym"
_COOKIE = "synthtools_session"
_SERVER_NAME = "synthtools"
"""What agents put before the names of our tools in their logs."""


class NemoGym:
    """The routes below /nemo-gym, and at the root as well: Gym knows servers by host and port alone."""

    def __init__(self, worlds: Worlds, mcp: ASGIApp) -> None:
        """Serve `worlds`; `mcp` is our MCP face."""
        self._worlds = worlds
        self._mcp = mcp

    def routes(self) -> list[BaseRoute]:
        """Return them."""
        own = [
            Route("/reverify_mode", route(self._reverify_mode), methods=["GET"]),
            Route("/{name}", route(self._asked), methods=["POST"]),
        ]
        return [Mount(_PATH, routes=[Route("/mcp", self._mcp), *own]), *own]

    async def _reverify_mode(self, _request: Request) -> Response:
        """A verdict looks at the world that the calls left, which nobody has afterwards."""
        return answer({"mode": "unsupported"})

    async def _asked(self, request: Request) -> Response:
        body = await json_body(request)
        match request.path_params["name"]:
            case "seed_session" if "task_key" in body:
                return await self._seed(request, body)
            case "verify" if "task_key" in body:
                return await self._verify(self._session(request), body)
            case "aggregate_metrics" if "verify_responses" in body:
                return _aggregated(body["verify_responses"])
            case name:
                return await _called(self._session(request), name, body)

    async def _seed(self, request: Request, row: JsonObject) -> Response:
        """Begin an attempt; the cookie that comes back is its session."""
        task_id = row.get("task_id")
        if not isinstance(task_id, str):
            raise Refused(400, "the row has no `task_id`, a text")
        session = await self._worlds.begin(task_id, door=NEMO_GYM)
        try:
            _assert_key(session, row)
        except Refused:
            await self._worlds.sessions.end(session.id)
            raise
        seeded = answer({"mcp": _mcp_hint(session, request)})
        seeded.set_cookie(_COOKIE, session.id, path=request.scope["root_path"] or "/", httponly=True)
        return seeded

    async def _verify(self, session: Session, body: JsonObject) -> Response:
        """Take the agent's last message as its submission, give the reward, and close the session."""
        _assert_key(session, body)
        session.submit(_closing_message(body.get("response")))
        fault = session.env.fault
        verified: JsonObject = {
            **body,
            "reward": session.reward,
            "calls": len(session.env.turns),
            # What spoiled an attempt other than its agent measures no agent.
            "mask_sample": bool(fault),
            "failure_reason": f"the {fault} gave no usable answer" if fault else None,
        }
        await self._worlds.sessions.end(session.id)
        return answer(verified)

    def _session(self, request: Request) -> Session:
        named = request.cookies.get(_COOKIE)
        if not named:
            raise Refused(404, "there is no session: seed_session, with a row's task_id and task_key, begins one")
        return self._worlds.sessions.session(named)


def _mcp_hint(session: Session, request: Request) -> JsonObject:
    """Return how an agent reaches the session over MCP: by a path below the address that was asked, and headers."""
    headers: JsonObject = {SESSION_TOKEN_HEADER: session.id}
    if shown := request.headers.get("authorization"):
        headers["Authorization"] = shown  # who may seed may let its agent in
    return {"server_name": _SERVER_NAME, "url_path": "/mcp", "transport": "http", "headers": headers}


async def _called(session: Session, name: str, arguments: JsonObject) -> Response:
    if not session.knows_tool(name):
        return answer({"status_code": 404, "error_message": f"there is no tool {name[:80]!r}"}, 404)
    told = await act(session, name, arguments)
    status = told["status_code"]
    return answer(told, status if isinstance(status, int) and status in range(400, 600) else 200)


def _assert_key(session: Session, row: JsonObject) -> None:
    shown = row["task_key"]
    if not isinstance(shown, str) or not secrets.compare_digest(shown.encode(), task_key(session.task).encode()):
        raise Refused(403, "`task_key` is not this task's: the row is of another dataset than the one served")


def _closing_message(response: Json) -> str:
    """Return what the agent told the user at last; nothing if it ended in a call.

    :raises Refused: when this is no Responses object.
    """
    output = response.get("output") if isinstance(response, dict) else None
    if not isinstance(output, list):
        raise Refused(400, "`response` must be a Responses object, with a list `output`")
    last = output[-1] if output else None
    if not isinstance(last, dict) or last.get("role") != "assistant":
        return ""
    content = last.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(text for part in parts if isinstance(part, dict) and isinstance(text := part.get("text"), str))


def _aggregated(attempts: Json) -> Response:
    if not isinstance(attempts, list):
        raise Refused(400, "`verify_responses` must be a list")
    return answer(aggregate(attempt for attempt in attempts if isinstance(attempt, dict)))
