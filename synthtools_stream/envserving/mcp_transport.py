"""MCP over HTTP: which session a connection is of is settled before the SDK sees its first request."""

from __future__ import annotations

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from synthtools_stream.envserving.json_rpc import INVALID_REQUEST, rpc_error
from synthtools_stream.envserving.mcp_dialect import SESSION_HEADER, given_session
from synthtools_stream.envserving.sessions import Session, UnknownSession
from synthtools_stream.envserving.wire_answers import Refused, answer, refusal
from synthtools_stream.envserving.worlds import Worlds

__all__ = ["McpTransport"]

_VERSION_HEADER = "mcp-protocol-version"
_SESSIONLESS_SINCE = "2026"
"""Revisions are named by days; those since then open no session."""


class McpTransport:
    """Begins the attempt that a handshake asks for, and knows it by the SDK's id from then on."""

    def __init__(self, worlds: Worlds, inner: ASGIApp) -> None:
        """Stand before `inner`, the SDK's own application."""
        self._worlds = worlds
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope)
        if request.method == "GET":
            # The stream of what a server says unasked, which is nothing here: it would only keep a connection open.
            await Response(status_code=405, headers={"Allow": "POST, DELETE"})(scope, receive, send)
            return
        try:
            begun = await self._begun(request)
        except Exception as error:
            told = refusal(error)
            await answer(rpc_error({}, INVALID_REQUEST, str(told)), told.status)(scope, receive, send)
            return
        if begun is None:
            await self._inner(scope, receive, send)
            if request.method == "DELETE" and not given_session(request):
                await self._left(request.headers.get(SESSION_HEADER, ""))
        else:
            await self._opened(begun, scope, receive, send)

    async def _begun(self, request: Request) -> Session | None:
        """Begin an attempt where this request may open a session; None where it is of one that is open, or of none."""
        query = request.query_params
        if named := given_session(request):
            self._worlds.sessions.session(named)
            return None
        sessionless = request.headers.get(_VERSION_HEADER, "") >= _SESSIONLESS_SINCE
        if request.method != "POST" or sessionless or SESSION_HEADER in request.headers:
            return None
        if "task_id" not in query:
            raise Refused(400, "say which task: /mcp?task_id=…, or /mcp?session_id=… of a session of the control side")
        seed = query.get("seed", "0")
        if not (seed.isascii() and seed.isdecimal()):
            raise Refused(400, "`seed` must be a whole number, 0 or more")
        return await self._worlds.begin(query["task_id"], seed=int(seed[:18]), door="mcp")

    async def _left(self, session_id: str) -> None:
        """End an attempt in which nothing was done; of another the trainer still wants to know how it ended."""
        with suppress(UnknownSession):
            if self._worlds.sessions.session(session_id).steps == 0:
                await self._worlds.sessions.end(session_id)

    async def _opened(self, session: Session, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the SDK answer; the attempt lives on only if that opened a session."""
        kept = False

        async def watched(message: Message) -> None:
            nonlocal kept
            if message["type"] == "http.response.start":
                ids = [value.decode() for key, value in message["headers"] if key.lower() == SESSION_HEADER.encode()]
                if ids and message["status"] < 400:
                    self._worlds.sessions.rename(session, ids[0])
                    kept = True
            await send(message)

        try:
            await self._inner(scope, receive, watched)
        finally:
            if not kept:
                await self._worlds.sessions.end(session.id)
