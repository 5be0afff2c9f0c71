"""What the network did, told in our words, and whether it is a sign of load."""

from __future__ import annotations

import errno
import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from synthtools_stream.servers.network_faults import net_fault

KEY = ConnectionKey("far.example", 8000, False, True, None, None, None)
TWO = OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 9, 0, 0), [Errno 101] unreachable")
UNTRUSTED = ssl.SSLCertVerificationError(1, "self-signed certificate")


def connector(number: int) -> aiohttp.ClientConnectorError:
    """Make the error of a connection that failed."""
    return aiohttp.ClientConnectorError(KEY, OSError(number, "whatever"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (connector(errno.ECONNREFUSED), "far.example:8000 refuses the connection"),
        (connector(errno.EHOSTUNREACH), "far.example:8000 cannot be reached: no route there"),
        (connector(errno.ENETUNREACH), "far.example:8000 cannot be reached: no network"),
        (connector(errno.ETIMEDOUT), "far.example:8000 does not answer in time"),
        (connector(errno.EPERM), "far.example:8000: whatever"),
        (aiohttp.ClientConnectorError(KEY, TWO), "far.example:8000 refuses the connection"),
        (
            aiohttp.ClientConnectorDNSError(KEY, socket.gaierror(-2, "Name or service not known")),
            "the name 'far.example' is not known",
        ),
        (aiohttp.ConnectionTimeoutError("Connection timeout to host http://…"), "no connection in time"),
        (
            aiohttp.ClientConnectorSSLError(KEY, OSError(1, "wrong version number")),
            "far.example:8000 speaks no TLS (wrong version number)",
        ),
        (
            aiohttp.ClientConnectorCertificateError(KEY, UNTRUSTED),
            "far.example:8000 shows a certificate that is not to be trusted (self-signed certificate)",
        ),
    ],
)
def test_nobody_there(error: Exception, said: str) -> None:
    """Why there is no connection is told with host and port, and is no sign of load."""
    fault = net_fault("http://far.example", error)
    assert str(fault) == f"http://far.example: cannot connect: {said}"
    assert (fault.unreachable, fault.overloaded) == (True, False)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_out_of_sockets_is_load(number: int) -> None:
    """That we may open no more sockets is no fault of the server's, and asks for fewer requests."""
    fault = net_fault("http://h", connector(number))
    assert "no more sockets" in str(fault)
    assert (fault.unreachable, fault.overloaded) == (False, True)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (aiohttp.ServerDisconnectedError(), "connection lost: the server hung up"),
        (aiohttp.ClientOSError(errno.ECONNRESET, "whatever"), "connection lost: connection reset by peer"),
        (
            aiohttp.ClientPayloadError("Response payload is not completed: <…>"),
            "connection lost: the answer was cut off",
        ),
    ],
)
def test_lost_answers(error: Exception, said: str) -> None:
    """An answer that was lost on its way is the server's fault, and no sign of load."""
    fault = net_fault("http://h", error)
    assert str(fault) == f"http://h: {said}"
    assert (fault.overloaded, fault.unreachable) == (False, True)


def test_too_late() -> None:
    """No answer in time is a sign of load."""
    fault = net_fault("http://h", aiohttp.ServerTimeoutError("Timeout on reading data from socket"))
    assert (str(fault), fault.overloaded) == ("http://h: no answer in time", True)


def test_other_errors_are_one_short_line() -> None:
    """Whatever else is said fits one line."""
    fault = net_fault("http://h", ValueError("a\nb" * 500))
    assert str(fault).startswith("http://h: not an HTTP answer: a ba b")
    assert len(str(fault)) < 250
    assert not fault.overloaded
