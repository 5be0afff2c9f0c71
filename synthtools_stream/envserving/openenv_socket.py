"""OpenEnv's web socket: one client, which resets, steps, looks at the state, and closes.

An episode that the socket began is its own, and ends with it; its reward is told once, on the closing step. A socket
may instead attach to a session that was begun over HTTP. An agent knows that session's id, so there the reward leaves
by the control side only.
"""

from __future__ import annotations

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from synthtools_stream.envserving.openenv_episode import (
    OVER_HTTP,
    answer_rpc,
    begin_episode,
    begun,
    episode_state,
    step,
)
from synthtools_stream.envserving.openenv_messages import Wrong, error_message, parse_action
from synthtools_stream.envserving.sessions import Full, Session
from synthtools_stream.envserving.wire_answers import BODY_LIMIT, refusal
from synthtools_stream.envserving.worlds import Worlds
from synthtools_stream.errors import UsageError
from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["OpenEnvSocket"]

_MESSAGE_DEPTH = 80
"""Containers one inside the other of a message: those of a call's arguments, and the envelopes about them."""


class OpenEnvSocket:
    """One connection."""

    def __init__(self, worlds: Worlds, socket: WebSocket, attached: set[str]) -> None:
        """Speak over `socket`; `attached` are the sessions that sockets are attached to, of all connections."""
        self._worlds = worlds
        self._socket = socket
        self._attached = attached
        self._session: Session | None = None
        self._episode_id: str | None = None
        self._owned = True

    async def serve(self) -> None:
        """Answer until the client closes or leaves."""
        await self._socket.accept()
        try:
            if wanted := self._socket.query_params.get("session_id"):
                self._attach(wanted)
            while (message := await self._answer(await self._socket.receive_text())) is not None:
                await self._send(message)
            await self._socket.close()
        except UsageError as error:
            await self._send(error_message("SESSION_ERROR", str(error)))
            await self._socket.close()
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass  # the client has left, or sends what is no text
        finally:
            await self._leave()

    def _attach(self, session_id: str) -> None:
        session = self._worlds.sessions.session(session_id)
        if session.door != OVER_HTTP:
            raise UsageError("this session was not begun over OpenEnv's HTTP, so no socket can attach to it")
        if session_id in self._attached:
            raise UsageError("another socket is attached to this session")
        self._attached.add(session_id)
        self._session, self._owned = session, False

    async def _answer(self, text: str) -> JsonObject | None:
        try:
            return await self._dispatch(_parsed(text))
        except Wrong as error:
            return error_message(error.code, str(error))
        except Full as error:
            return error_message("CAPACITY_REACHED", str(error))
        except Exception as error:
            return error_message("EXECUTION_ERROR", str(refusal(error)))

    async def _dispatch(self, message: JsonObject) -> JsonObject | None:
        match message.get("type"):
            case "reset":
                return await self._reset(message)
            case "step":
                return await step(self._open(), parse_action(message.get("data")), owned=self._owned)
            case "state":
                return {"type": "state", "data": episode_state(self._session, self._episode_id)}
            case "mcp":
                request = message.get("data")
                if not isinstance(request, dict):
                    raise Wrong("VALIDATION_ERROR", "`data` must be a JSON-RPC request")
                return {"type": "mcp", "data": await answer_rpc(self._open(), request)}
            case "close":
                return None
            case _:
                raise Wrong("UNKNOWN_TYPE", "a message's type is reset, step, state, mcp or close")

    async def _reset(self, message: JsonObject) -> JsonObject:
        if not self._owned:
            raise Wrong("SESSION_ERROR", "a session that was attached to is begun already; it cannot be reset")
        await self._leave()
        self._session, self._episode_id = await begin_episode(self._worlds, message.get("data", {}))
        return begun(self._session)

    def _open(self) -> Session:
        if self._session is None:
            raise Wrong("EXECUTION_ERROR", "reset first")
        return self._worlds.sessions.session(self._session.id)

    async def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None and self._owned:
            await self._worlds.sessions.end(session.id)
        elif session is not None:
            self._attached.discard(session.id)

    async def _send(self, message: JsonObject) -> None:
        await self._socket.send_text(orjson.dumps(message).decode())


def _parsed(text: str) -> JsonObject:
    if len(text) > BODY_LIMIT:
        raise Wrong("VALIDATION_ERROR", f"the message is longer than {BODY_LIMIT} characters")
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Wrong("INVALID_JSON", f"the message is no JSON: {error.msg}") from error
    if not isinstance(message, dict):
        raise Wrong("VALIDATION_ERROR", "a message must be a JSON object")
    if deeper_than(message, _MESSAGE_DEPTH):
        raise Wrong("VALIDATION_ERROR", f"the message is nested more than {_MESSAGE_DEPTH} levels deep")
    return message
