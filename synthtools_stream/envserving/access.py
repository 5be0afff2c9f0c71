"""Who may ask: the control side demands its own token, always; the rest one only where the server was given one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from synthtools_stream.envserving.wire_answers import answer

__all__ = ["Access", "Tokens"]

_CONTROL = "/control"
_OPEN = frozenset({"/health", "/openenv/health"})
"""What tells nothing and is asked by whoever watches that a server lives."""
_BEARER = b"bearer "
_POLICY = 1008
"""A web socket's close code for a policy that is not met."""


@dataclass(frozen=True)
class Tokens:
    """The secrets of one server."""

    control: str
    agents: str = ""
    """Empty where whoever reaches the server may act in its worlds."""


class Access:
    """Lets through who shows the token: `Authorization: Bearer …`, or, but not for the control side, `?token=…`."""

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan" or self._allowed(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY, "reason": "a token is needed"})
        else:
            refused = answer({"error": "a token is needed: `Authorization: Bearer …`"}, 401)
            refused.headers["WWW-Authenticate"] = "Bearer"
            await refused(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        path = str(scope["path"])
        header = next((value for key, value in scope["headers"] if key == b"authorization"), b"")
        shown = header[len(_BEARER) :] if header[: len(_BEARER)].lower() == _BEARER else b""
        if path == _CONTROL or path.startswith(f"{_CONTROL}/"):
            return secrets.compare_digest(shown, self._tokens.control.encode())
        if not self._tokens.agents or path in _OPEN:
            return True
        shown = shown or parse_qs(bytes(scope["query_string"])).get(b"token", [b""])[0]
        return secrets.compare_digest(shown, self._tokens.agents.encode())
