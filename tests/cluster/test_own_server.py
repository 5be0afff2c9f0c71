"""A shard's own server: waited for, watched, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from synthtools_stream.cluster.own_server import PORT, own_server
from synthtools_stream.errors import BackendGone, UsageError

LISTENING = """
import os, socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    print("process", os.getpid(), flush=True)
    while True:
        server.accept()[0].close()
"""
SERVER = (sys.executable, "-c", LISTENING, PORT)


def process_of(log: Path) -> int:
    """Return the process that the server said it is."""
    return int(log.read_text().split()[1])


def is_alive(process: int) -> bool:
    """Say whether a process is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def test_started_and_ended(tmp_path: Path) -> None:
    """It answers inside the block, and is gone after it."""
    log = tmp_path / "log"
    async with own_server(SERVER, log, 60.0) as url:
        assert url.startswith("http://127.0.0.1:")
        process = process_of(log)
        assert is_alive(process)
    assert not is_alive(process)


async def test_one_that_dies(tmp_path: Path) -> None:
    """Its end ends the block as the loss of an engine, which another process may have."""
    log = tmp_path / "log"

    async def asking() -> None:
        async with own_server(SERVER, log, 60.0):
            os.kill(process_of(log), signal.SIGKILL)
            await asyncio.Event().wait()

    with pytest.raises(BackendGone, match=r"has ended: process \d+"):
        await asking()
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling(), "nobody else cancelled"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((sys.executable, "-c", "raise SystemExit('no GPU')", PORT), "ended before it answered: no GPU"),
        (("no-such-server", PORT), "no-such-server: there is no such program"),
    ],
)
async def test_one_that_never_answers(tmp_path: Path, command: tuple[str, ...], told: str) -> None:
    """Why is told with its own last word."""
    with pytest.raises(UsageError, match=told):
        async with own_server(command, tmp_path / "log", 60.0):
            pass


async def test_one_that_takes_too_long(tmp_path: Path) -> None:
    """It is waited for as long as a server may be away, and then ended."""
    log = tmp_path / "log"
    waits = "import os, time\nprint('process', os.getpid(), flush=True)\ntime.sleep(600)"
    with pytest.raises(UsageError, match="does not answer at port"):
        async with own_server((sys.executable, "-c", waits, PORT), log, 1.0):
            pass
    assert not log.read_text() or not is_alive(process_of(log))
