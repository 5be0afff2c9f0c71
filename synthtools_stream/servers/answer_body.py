"""The body of an answer: read whole up to a bound, and as JSON as far as it can be read at all.

What cannot be read is the answer's fault (`UnreadableAnswer`) and says nothing of the server; a web page is somebody
else's, who stands between us and the server.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress

import aiohttp
import orjson

from synthtools_stream.errors import TransportError, UnreadableAnswer
from synthtools_stream.values.jsontypes import Json

__all__ = ["is_page", "read_json", "read_whole"]

MAX_BODY = 64 << 20
"""Bytes of an answer that are read at most: far more than any answer has, and less than would hurt our memory."""
_HALF = re.compile("[\ud800-\udfff]")


def read_json(body: bytes) -> Json:
    """Read an answer's body; half a character, or a byte that is none, becomes the replacement character.

    :raises UnreadableAnswer: for garbage and what was cut off.
    :raises TransportError: for a web page.
    """
    try:
        value: Json = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        with suppress(ValueError, RecursionError):
            # Half a character, which strict readers refuse: what a model wrote is no fault of its server.
            return _whole_characters(json.loads(body.decode("utf-8-sig", errors="replace")))
        seen = " ".join(body[:80].decode(errors="replace").split())
        kind = TransportError if is_page(body) else UnreadableAnswer
        raise kind(f"the server's answer is not JSON: {seen!r}") from error
    return value


def is_page(body: bytes) -> bool:
    """Return whether a body is a web page: an API answers in JSON, so it comes from something in between."""
    return body[:256].lstrip().lower().startswith((b"<!doctype", b"<html", b"<head"))


def _whole_characters(value: Json) -> Json:
    if isinstance(value, dict):
        return {str(_whole_characters(key)): _whole_characters(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole_characters(inner) for inner in value]
    return _HALF.sub("\ufffd", value) if isinstance(value, str) else value


async def read_whole(response: aiohttp.ClientResponse) -> bytes:
    """Read a body.

    :raises UnreadableAnswer: if it is larger than any answer is.
    """
    announced = response.content_length or 0
    if 0 < announced <= MAX_BODY and "Content-Encoding" not in response.headers:
        return await response.read()  # no more than was announced is ever read
    pieces: list[bytes] = []
    size = 0
    if announced <= MAX_BODY:
        async for piece in response.content.iter_any():
            size += len(piece)
            if size > MAX_BODY:
                break
            pieces.append(piece)
    if max(size, announced) > MAX_BODY:
        response.close()
        raise UnreadableAnswer(f"the server's answer is larger than {MAX_BODY >> 20} MiB")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
