"""What the network did to a request, in our words: each failure is classified here once, and told in one short line."""

from __future__ import annotations

import errno
import os
import re
import socket

import aiohttp
from aiohttp.http_exceptions import ContentEncodingError

from synthtools_stream.errors import TransportError, UnreadableAnswer

__all__ = ["NET_FAULTS", "net_fault"]

NET_FAULTS = (aiohttp.ClientError, OSError, ValueError)
"""What aiohttp raises where a request gets no answer; a time-out is an OSError, too."""
OUT_OF_SOCKETS = (errno.EMFILE, errno.ENFILE)
UNREACHED = {
    errno.ECONNREFUSED: "refuses the connection",
    errno.ECONNRESET: "breaks the connection off",
    errno.EHOSTUNREACH: "cannot be reached: no route there",
    errno.ENETUNREACH: "cannot be reached: no network",
    errno.ETIMEDOUT: "does not answer in time",
}
_NUMBER = re.compile(r"\[Errno (\d+)\]")
"""Where several addresses of one name failed, only the text tells how."""


def net_fault(root: str, error: Exception) -> TransportError:
    """Return the TransportError for a request to the server at `root` that got no answer."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        why = _said(error.certificate_error)
        told = f"{error.host}:{error.port} shows a certificate that is not to be trusted ({why})"
        return TransportError(f"{root}: cannot connect: {told}", unreachable=True)
    if isinstance(error, aiohttp.ClientConnectorError):
        # Nobody there is no sign of load: it must not lower the gate's limit. To be out of sockets is one, of ours.
        exhausted = _number(error) in OUT_OF_SOCKETS
        told = "this process may open no more sockets" if exhausted else _unreached(error)
        return TransportError(f"{root}: cannot connect: {told}", unreachable=not exhausted, overloaded=exhausted)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return TransportError(f"{root}: cannot connect: no connection in time", unreachable=True)
    if isinstance(error, TimeoutError):
        return TransportError(f"{root}: no answer in time", overloaded=True)
    if _encoded_otherwise(error):
        return UnreadableAnswer(f"{root}: the answer is not encoded as it says it is")
    if isinstance(error, aiohttp.ClientPayloadError):
        return TransportError(f"{root}: connection lost: the answer was cut off", unreachable=True)
    if isinstance(error, (aiohttp.ClientConnectionError, OSError)):
        return TransportError(f"{root}: connection lost: {_lost(error)}", unreachable=True)
    return TransportError(f"{root}: not an HTTP answer: {_said(error)}")


def _encoded_otherwise(error: Exception) -> bool:
    """Return whether an answer came whole, and is no gzip although it says so, or is what nobody asked for."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ContentEncodingError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


def _unreached(error: aiohttp.ClientConnectorError) -> str:
    """Say why there is no connection, naming whom we called: the port may stand nowhere in the address."""
    if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(error.os_error, socket.gaierror):
        return f"the name {error.host!r} is not known"
    where = f"{error.host}:{error.port}"
    if isinstance(error, aiohttp.ClientSSLError):
        return f"{where} speaks no TLS ({_reason(error.os_error)})"
    number = _number(error)
    return f"{where} {UNREACHED[number]}" if number in UNREACHED else f"{where}: {_reason(error.os_error)}"


def _lost(error: Exception) -> str:
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the server hung up"
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno).lower()
    return _said(error)


def _number(error: aiohttp.ClientConnectorError) -> int | None:
    if error.os_error.errno is not None:
        return error.os_error.errno
    told = _NUMBER.search(str(error.os_error))
    return int(told[1]) if told else None


def _reason(error: OSError) -> str:
    return error.strerror or _said(error)


def _said(error: Exception) -> str:
    """Return what an error says of itself, as one line of bearable length."""
    text = error.message if isinstance(error, aiohttp.ClientResponseError) else str(error)
    return " ".join(text.split())[:200] or type(error).__name__
