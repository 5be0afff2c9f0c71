"""A server that one shard has to itself, on its own GPUs: started, waited for, watched and ended with it.

It is any program that serves OpenAI's API at a port that it is told: `vllm serve MODEL --port {port}`. It ends with the
process that started it, also when that is killed: a server that is left over would hold the GPUs.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from synthtools_stream.errors import BackendGone, UsageError, boundary

__all__ = ["PORT", "own_server"]

PORT = "{port}"
"""Stands in the command for the port that the server is to have."""
_LOOK_S = 0.5
"""Seconds between two looks whether the server answers: a model takes a minute to load."""
_END_S = 20.0
"""Seconds that a server has to end before it is killed: vLLM frees its GPUs in a few."""
_TAIL_BYTES = 2000
"""Bytes at the end of a server's log in which its last word stands."""
_TIED = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
if os.getppid() == int(sys.argv[1]):
    os.execvp(sys.argv[2], sys.argv[2:])
"""
"""Asks the kernel for a signal when the parent dies, and becomes the server."""


@asynccontextmanager
async def own_server(command: Sequence[str], log: Path, patience_s: float) -> AsyncGenerator[str]:
    """Start a server and yield its address once it answers; what it says is appended to `log`.

    :raises UsageError: when it cannot be started, ends before it answers, or does not within `patience_s`.
    :raises BackendGone: when it ends while the block runs.
    """
    port = _free_port()
    words = [word.replace(PORT, str(port)) for word in command]
    with boundary(str(log), OSError, as_=UsageError), log.open("ab") as file:
        process = await _started(words, file)
    try:
        await _answering(process, port, log, patience_s)
        async with _watched(process, log):
            yield f"http://127.0.0.1:{port}"
    finally:
        await _end(process)


async def _started(words: Sequence[str], log: BinaryIO) -> asyncio.subprocess.Process:
    if shutil.which(words[0]) is None:
        raise UsageError(f"{words[0]}: there is no such program on {socket.gethostname()}, to serve this shard")
    with boundary(f"{words[0]}: cannot be started", OSError, as_=UsageError):
        tied = [sys.executable, "-c", _TIED, str(os.getpid()), *words]
        # In a session of its own: it is ended as a whole, with what it has started.
        return await asyncio.create_subprocess_exec(*tied, stdout=log, stderr=log, start_new_session=True)


async def _answering(process: asyncio.subprocess.Process, port: int, log: Path, patience_s: float) -> None:
    try:
        async with asyncio.timeout(patience_s):
            while process.returncode is None:
                with contextlib.suppress(OSError):
                    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    return
                await asyncio.sleep(_LOOK_S)
    except TimeoutError as error:
        raise UsageError(f"the server of this shard does not answer at port {port}; see {log}") from error
    raise UsageError(f"the server of this shard ended before it answered: {_last_word(log)} ({log})")


@asynccontextmanager
async def _watched(process: asyncio.subprocess.Process, log: Path) -> AsyncGenerator[None]:
    """Cancel the block when the server ends."""
    working, ended = asyncio.current_task(), False
    assert working is not None

    async def watch() -> None:
        nonlocal ended
        await process.wait()
        ended = True
        working.cancel()

    watching = asyncio.ensure_future(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not ended:
            raise
        working.uncancel()
        raise BackendGone(f"the server of this shard has ended: {_last_word(log)} ({log})") from None
    finally:
        watching.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    for number, patience_s in ((signal.SIGTERM, _END_S), (signal.SIGKILL, _END_S)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), patience_s)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _last_word(log: Path) -> str:
    """Return the last line of a log; what the system said where it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            lines = file.read().decode(errors="replace").strip().splitlines()
    except OSError as error:
        return str(error.strerror)
    return lines[-1] if lines else "it said nothing"
