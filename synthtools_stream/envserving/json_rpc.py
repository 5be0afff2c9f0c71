"""JSON-RPC 2.0's answers."""

from __future__ import annotations

from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["INVALID_PARAMS", "INVALID_REQUEST", "NO_METHOD", "SERVER_ERROR", "rpc_error", "rpc_result"]

INVALID_REQUEST, NO_METHOD, INVALID_PARAMS, SERVER_ERROR = -32600, -32601, -32602, -32000
"""The protocol's codes; the last is for what is our fault, or has no code of its own."""


def rpc_result(request: JsonObject, result: Json) -> JsonObject:
    """Return an answer."""
    return {"jsonrpc": "2.0", "id": request.get("id"), "result": result}


def rpc_error(request: JsonObject, code: int, message: str) -> JsonObject:
    """Return an error; of a request that could not be read, give an empty one."""
    return {"jsonrpc": "2.0", "id": request.get("id"), "error": {"code": code, "message": message}}
