"""Answers of the HTTP routes: JSON, and for what is refused one line with the status that fits."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final, TypeAlias

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from synthtools_stream.envserving.sessions import Full, UnknownSession
from synthtools_stream.envserving.worlds import UnknownTask
from synthtools_stream.errors import SynthToolsError, TransportError, UsageError
from synthtools_stream.live.submission import MAX_DEPTH
from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["BODY_LIMIT", "Handler", "Refused", "answer", "json_body", "refusal", "route", "whole_number"]

_log = logging.getLogger(__name__)
BODY_LIMIT: Final = 4 * 1024 * 1024
"""Bytes of a request at most: a call has some hundred, a whole attempt that is to be verified some hundred thousand."""
_ENVELOPE_DEPTH: Final = MAX_DEPTH + 16
"""Containers one inside the other of a whole request: the envelopes of the protocols take a few."""
Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


class Refused(SynthToolsError):
    """A request that is not answered, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def answer(body: JsonObject | list[JsonObject] | list[str], status: int = 200) -> Response:
    """Return `body` as a JSON response."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def refusal(error: Exception) -> Refused:
    """Return what a client is told of an error: its status and one line; only of a bug nothing but that."""
    match error:
        case Refused():
            return error
        case UnknownTask() | UnknownSession():
            return Refused(404, str(error))
        case Full() | TransportError():
            return Refused(503, str(error))
        case UsageError():
            return Refused(409, str(error))
        case _:
            _log.error("a request failed", exc_info=error)
            return Refused(500, "the server failed on this request; see its log")


def route(handler: Handler) -> Handler:
    """Turn every error of a handler into its refusal."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to be told
        except Exception as error:
            told = refusal(error)
            return answer({"error": str(told)}, told.status)

    return guarded


async def json_body(request: Request) -> JsonObject:
    """Return the body, a JSON object; of an empty one, an empty object.

    :raises Refused: when it is too long, nested too deep, or none.
    """
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_LIMIT:
            raise Refused(413, f"the request is larger than {BODY_LIMIT} bytes")
    try:
        body = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError as error:
        raise Refused(400, f"the request is no JSON: {error.msg}") from error
    if not isinstance(body, dict):
        raise Refused(400, "the request must be a JSON object")
    if deeper_than(body, _ENVELOPE_DEPTH):
        raise Refused(400, f"the request is nested more than {_ENVELOPE_DEPTH} levels deep")
    return body


def whole_number(body: JsonObject, key: str, default: int | None = None) -> int:
    """Return a whole number that is not negative.

    :raises Refused: when there is none, and no `default`.
    """
    value = body.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Refused(400, f"`{key}` must be a whole number, 0 or more")
    return value
