"""A server that answers every chat request with the same text after the same time, and does nothing else.

Raw asyncio protocol in a process of its own, so that what a client costs is seen apart from what a server costs.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast

import click
import orjson
import uvloop

__all__ = ["MODEL", "null_server"]

MODEL = "null"
"""Name of the one model that is served."""
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_PROBED = b'{"word":"quaggy"}'
"""What the start-up probe wants to see echoed."""


class _Canned:
    """The answers, made once."""

    def __init__(self, text: bytes) -> None:
        self.answer = _http(_completion(text))
        self.probed = _http(_completion(_PROBED))
        self.models = _http(orjson.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}))
        self.nothing = _http(b"{}", status=b"404 Not Found")


class _Connection(asyncio.Protocol):
    """One client connection, kept alive; requests on it come one after the other."""

    def __init__(self, canned: _Canned, latency_s: float) -> None:
        self._canned = canned
        self._latency_s = latency_s
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by inheritance

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, gap, body = self._read.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not gap or len(body) < (int(length[1]) if length else 0):
            return
        self._read = b""
        if head.startswith(b"POST /v1/chat/completions"):
            answer = self._canned.probed if b'"name":"probe"' in body else self._canned.answer
            asyncio.get_running_loop().call_later(self._latency_s, self._send, answer)
        else:
            self._send(self._canned.models if head.startswith(b"GET /v1/models") else self._canned.nothing)

    def _send(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


@contextmanager
def null_server(text: str, latency_s: float) -> Generator[str]:
    """Run the server in another process and give its URL."""
    argv = [sys.executable, "-m", __spec__.name, str(latency_s), text]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


async def _serve(text: str, latency_s: float) -> None:
    canned = _Canned(text.encode())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(canned, latency_s), "127.0.0.1", 0, backlog=4096)
    click.echo(server.sockets[0].getsockname()[1])
    sys.stdout.flush()
    await server.serve_forever()


def _completion(text: bytes) -> bytes:
    message = {"role": "assistant", "content": text.decode()}
    usage = {"prompt_tokens": 2200, "completion_tokens": len(text) // 4, "total_tokens": 2200 + len(text) // 4}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return orjson.dumps(
        {"id": "null-1", "object": "chat.completion", "created": 0, "model": MODEL, "choices": [choice], "usage": usage}
    )


def _http(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("latency_s", type=float)
    parser.add_argument("text")
    given = parser.parse_args()
    uvloop.run(_serve(given.text, given.latency_s))
