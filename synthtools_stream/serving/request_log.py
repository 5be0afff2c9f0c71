"""A server's own memory of what it was asked, against which a client's promises can be checked.

One line a chat request, in order of arrival: `{"digest":"<hex>"}`, a digest of the body as it came, which is the key
that our own reply logs use. It is written before the request is answered, spoiled or refused.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from synthtools_stream.errors import ConfigError, boundary

__all__ = ["RequestLog"]


class RequestLog:
    """Appends to one file; several servers, one after the other, may share it."""

    def __init__(self, path: Path) -> None:
        """Open the log, or make it; raises ConfigError."""
        with boundary(f"{path}: cannot be written", OSError, as_=ConfigError):
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def note(self, body: bytes) -> None:
        """Note one request; it is not synced, since it need only outlive the client."""
        os.write(self._fd, b'{"digest":"%b"}\n' % blake2b(body, digest_size=16).hexdigest().encode())

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
