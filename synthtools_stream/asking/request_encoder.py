"""Encodes the requests of one run: the same bytes and digests as `wire`, cheaper, since half of them is known.

All requests of a role begin with the same system message. Its bytes are kept, and so is the state of the digest after
it; what is left is to write and to hash what one request alone says.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import orjson

from synthtools_stream.chat.language_model import ChatRequest, Message
from synthtools_stream.chat.wire import message_to, new_digest, note_encoded, request_digest, to_body

__all__ = ["RequestEncoder"]

_MOST = 256
"""Beginnings that are kept: many times what a run has, one for each role and model, and a bound for who serves."""


class _Beginning(NamedTuple):
    """A request up to the end of its system message."""

    message: orjson.Fragment
    size: int
    hashed: hashlib.blake2b


class RequestEncoder:
    """Encodes requests and tells their digests."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._known: dict[tuple[str, str], _Beginning] = {}

    def digest(self, request: ChatRequest) -> str:
        """Return `request_digest(request)`; afterwards the request is encoded."""
        system = request.messages[0].content if request.messages else None
        if request.encoded is not None or system is None or request.messages[0] != Message("system", system):
            return request_digest(request)
        beginning = self._known.get((request.model, system)) or self._learn(request.model, system)
        body: dict[str, object] = {**to_body(request)}
        body["messages"] = [beginning.message, *map(message_to, request.messages[1:])]
        encoded = note_encoded(request, orjson.dumps(body))
        hashed = beginning.hashed.copy()
        hashed.update(memoryview(encoded)[beginning.size :])
        return hashed.hexdigest()

    def _learn(self, model: str, system: str) -> _Beginning:
        message = orjson.dumps(message_to(Message("system", system)))
        begun = b'{"model":%b,"messages":[%b' % (orjson.dumps(model), message)
        beginning = _Beginning(orjson.Fragment(message), len(begun), new_digest(begun))
        if len(self._known) < _MOST:
            self._known[model, system] = beginning
        return beginning
