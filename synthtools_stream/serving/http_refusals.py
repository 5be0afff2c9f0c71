"""Refusals in the shape that OpenAI clients read, and the one place where an error becomes an HTTP status."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import orjson
from aiohttp import web

from synthtools_stream.errors import BackendGone, Rejection, TransportError
from synthtools_stream.serving.batching_engine import EngineBusy
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["BadRequest", "ModelNotFound", "Refusal", "json_reply", "refuse_in_shape"]

_log = logging.getLogger(__name__)
_Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refusal(Exception):
    """A request that is not answered, with its HTTP status and its kind as OpenAI clients know it."""

    def __init__(self, status: int, kind: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.param = param


class BadRequest(Refusal):
    """The request itself is wrong; sent again it fails again."""

    def __init__(self, message: str, param: str | None = None) -> None:
        super().__init__(400, "BadRequestError", message, param)


class ModelNotFound(Refusal):
    """No model of that name is served."""

    def __init__(self, asked: str, served: Sequence[str]) -> None:
        known = ", ".join(f"`{name}`" for name in served)
        super().__init__(404, "NotFoundError", f"The model `{asked}` does not exist. Served here: {known}.", "model")


def json_reply(body: JsonObject, status: int = 200) -> web.Response:
    """Return `body` as a JSON response."""
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


@web.middleware
async def refuse_in_shape(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Turn every error into an OpenAI error body with the right status."""
    try:
        return await handler(request)
    except ConnectionError:
        raise  # nobody is left to be told
    except Exception as error:
        refusal = _classify(error)
        if refusal.status == 500:
            _log.exception("A request to %s failed", request.path)
        return _refused(refusal)


def _classify(error: Exception) -> Refusal:
    match error:
        case Refusal():
            return error
        case EngineBusy() | TransportError() | BackendGone():
            return Refusal(503, "ServiceUnavailableError", str(error))
        case Rejection():
            return BadRequest(error.detail or str(error))
        case web.HTTPRequestEntityTooLarge():
            return Refusal(413, "RequestTooLargeError", "The request body is larger than this server takes.")
        case web.HTTPException():
            return Refusal(error.status, "NotFoundError" if error.status == 404 else "BadRequestError", error.reason)
        case _:
            return Refusal(500, "InternalServerError", "The server failed on this request; see its log.")


def _refused(refusal: Refusal) -> web.Response:
    error: JsonObject = {
        "message": str(refusal),
        "type": refusal.kind,
        "param": refusal.param,
        "code": refusal.status,
    }
    return json_reply({"error": error}, refusal.status)
