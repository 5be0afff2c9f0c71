# ruff: noqa: ASYNC240 (these tests look at files while nothing else needs the loop)
"""Appends share commits; each caller learns the fate of its own record, cancelled or not."""

from __future__ import annotations

import asyncio
from pathlib import Path

import anyio
import pytest

from synthtools_stream.storage.appendlog.log_format import Position
from tests.storage.appendlog.logkit import FullDisk, open_log, payload, payloads, write_log


async def test_pending_share_a_commit(path: Path) -> None:
    """Everything appended in one turn of the loop is one batch."""
    await write_log(path, [range(5), [5]])
    assert [line[:10] for line in path.read_bytes().splitlines() if b"commit" in line] == [b'{"commit":'] * 2


async def test_cancelled_append_is_written(path: Path) -> None:
    """A cancelled caller leaves only after its record is durable."""
    log = await open_log(path)
    durable: list[Position] = []
    task = asyncio.create_task(log.append(payload(0), durable.append))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(durable) == 1
    assert payloads(path) == [payload(0)]
    await log.aclose()


async def test_cancelled_scope_is_obeyed(path: Path) -> None:
    """An anyio scope that is cancelled also waits for the record."""
    log = await open_log(path)
    with anyio.CancelScope() as scope:
        scope.cancel()
        await log.append(payload(0))
    assert scope.cancelled_caught
    assert payloads(path) == [payload(0)]
    await log.aclose()


async def test_cancelled_append_fails_silently(path: Path) -> None:
    """Where the disk refuses a cancelled caller's record, the cancellation goes first."""
    disk = FullDisk()
    log = await open_log(path, disk)
    disk.room = 5
    task = asyncio.create_task(log.append(payload(0)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert payloads(path) == []
    await log.aclose()


async def test_close_writes_pending(path: Path) -> None:
    """Closing waits for what is pending; closing twice is harmless; appending then is a bug."""
    log = await open_log(path)
    tasks = [asyncio.create_task(log.append(payload(n))) for n in range(3)]
    await asyncio.sleep(0)
    await log.aclose()
    await log.aclose()
    assert len(await asyncio.gather(*tasks)) == 3
    assert len(payloads(path)) == 3
    with pytest.raises(RuntimeError):
        await log.append(payload(0))


async def test_callback_failure_reaches_caller(path: Path) -> None:
    """What `on_durable` raises is raised to the one who appended."""

    def fail(position: Position) -> None:
        raise KeyError(position.seq)

    log = await open_log(path)
    with pytest.raises(KeyError):
        await log.append(payload(0), fail)
    await log.append(payload(1))
    await log.aclose()
    assert len(payloads(path)) == 2
