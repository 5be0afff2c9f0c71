"""What is said to the user: results on stdout, everything else on stderr; a reader who has left hurts nothing."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO

from synthtools_stream.cli.plain_text import printable

__all__ = ["forgive_encodings", "notice", "say", "silence"]


def say(line: str = "") -> None:
    """Print one line of results, on stdout; the caller has made text from models and datasets `printable`."""
    _tell(sys.stdout, line)


def notice(line: str) -> None:
    """Say one line to the user, on stderr, stripped of anything that a terminal would obey."""
    _tell(sys.stderr, printable(line))


def silence(stream: TextIO) -> None:
    """Send what is still to come to nowhere, so that not even the interpreter's last flush fails."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)


def forgive_encodings() -> None:
    """Let a terminal that cannot show a character show a question mark instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _tell(stream: TextIO, line: str) -> None:
    # A run goes on, and a command ends with its own exit code, whether or not anybody listens (`… | head`).
    try:
        print(line, file=stream, flush=True)
    except BrokenPipeError:
        silence(stream)
