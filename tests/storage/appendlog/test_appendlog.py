# ruff: noqa: ASYNC240 (these tests look at files while nothing else needs the loop)
from __future__ import annotations

import asyncio
import errno
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import anyio
import pytest

from synthtools_stream.errors import LogDamage, RunDirectoryError, StorageError
from synthtools_stream.storage.appendlog.disk import Disk
from synthtools_stream.storage.appendlog.log_reader import LogFormat, LogReader, Position, scan
from synthtools_stream.storage.appendlog.log_writer import AppendLog

FORMAT = LogFormat("synthtools-stream/test", 1)


class FullDisk(Disk):
    """Writes `room` more bytes, then refuses until `room` is set again; a cut fails while `stuck`."""

    def __init__(self) -> None:
        self.room: int | None = None
        self.stuck = False

    def write(self, fd: int, data: bytes, offset: int) -> None:
        if self.room is None:
            super().write(fd, data, offset)
            return
        os.pwrite(fd, data[: self.room], offset)
        raise OSError(errno.ENOSPC, "No space left on device")

    def cut(self, fd: int, size: int) -> None:
        if self.stuck:
            raise OSError(errno.EIO, "Input/output error")
        super().cut(fd, size)


def payload(number: int) -> bytes:
    return b'{"x":%d}' % number


def payloads(path: Path) -> list[bytes]:
    return [record.payload for record in scan(path, FORMAT, "digest")]


async def open_log(path: Path, disk: Disk | None = None) -> AppendLog:
    return await AppendLog.open(path, FORMAT, "digest", disk=disk)


async def write_log(path: Path, batches: Iterable[Iterable[int]]) -> list[Position]:
    """Write a log whose batches are known."""
    log = await open_log(path)
    positions: list[Position] = []
    for batch in batches:
        positions += await asyncio.gather(*(log.append(payload(number)) for number in batch))
    await log.aclose()
    return positions


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.jsonl"


async def test_append_then_scan(path: Path) -> None:
    """Records come back in order, numbered from 1, and can be read by position."""
    positions = await write_log(path, [[0, 1, 2], [3]])
    assert [record.position for record in scan(path, FORMAT)] == positions
    assert payloads(path) == [payload(number) for number in range(4)]
    assert [position.seq for position in positions] == [1, 2, 3, 4]
    log = await open_log(path)
    assert [await log.read(position) for position in positions] == payloads(path)
    await log.aclose()


async def test_pending_share_a_commit(path: Path) -> None:
    """Everything appended in one turn of the loop is one batch."""
    await write_log(path, [range(5), [5]])
    assert [line[:10] for line in path.read_bytes().splitlines() if b"commit" in line] == [b'{"commit":'] * 2


async def test_reopen_goes_on(path: Path) -> None:
    """A reopened log tells its records and goes on numbering; opening a whole log changes nothing."""
    await write_log(path, [[0, 1]])
    before = path.read_bytes()
    seen: list[tuple[int, bytes]] = []
    log = await AppendLog.open(
        path, FORMAT, "digest", on_record=lambda position, found: seen.append((position.seq, found))
    )
    assert path.read_bytes() == before
    assert seen == [(1, payload(0)), (2, payload(1))]
    assert (await log.append(payload(2))).seq == 3
    await log.aclose()
    assert payloads(path) == [payload(0), payload(1), payload(2)]


async def test_cut_anywhere_in_last_batch(path: Path, tmp_path: Path) -> None:
    """Wherever the last batch is torn, what was committed before stands and the log goes on."""
    await write_log(path, [[0, 1]])
    committed = path.stat().st_size
    await write_log(path, [[2, 3]])
    whole = path.read_bytes()
    torn = tmp_path / "torn.jsonl"
    for size in range(committed, len(whole)):
        torn.write_bytes(whole[:size])
        assert payloads(torn) == [payload(0), payload(1)]
        log = await open_log(torn)
        assert log.tail_bytes == size - committed
        await log.append(payload(9))
        await log.aclose()
        assert payloads(torn) == [payload(0), payload(1), payload(9)]


async def test_torn_header_starts_anew(path: Path) -> None:
    """A log that died while its header was written is begun again."""
    await write_log(path, [[0]])
    header = path.read_bytes().partition(b"\n")[0]
    for size in range(len(header) + 1):
        path.write_bytes(header[:size])
        assert payloads(path) == []
        await write_log(path, [[7]])
        assert payloads(path) == [payload(7)]


async def test_flip_any_byte_before_last_batch(path: Path) -> None:
    """A changed byte before the last batch is an error that names the line, and changes nothing."""
    await write_log(path, [[0, 1], [2]])
    last = path.stat().st_size
    await write_log(path, [[3]])
    whole = path.read_bytes()
    for at in range(last):
        damaged = bytearray(whole)
        damaged[at] ^= 0x01
        path.write_bytes(damaged)
        with pytest.raises((LogDamage, RunDirectoryError)) as caught:
            payloads(path)
        if whole.index(b"\n") < at:
            assert isinstance(caught.value, LogDamage)
            assert caught.value.line == whole[:at].count(b"\n") + 1
        with pytest.raises((LogDamage, RunDirectoryError)):
            await open_log(path)
        assert path.read_bytes() == damaged


async def test_missing_line_is_damage(path: Path) -> None:
    """A line taken out of the middle is found by the gap in the numbers."""
    await write_log(path, [[0], [1], [2]])
    lines = path.read_bytes().splitlines(keepends=True)
    for at in range(1, 5):
        path.write_bytes(b"".join(lines[:at] + lines[at + 1 :]))
        with pytest.raises(LogDamage):
            payloads(path)


async def test_hole_in_last_batch_is_tail(path: Path) -> None:
    """A last batch whose blocks did not all reach the disk is cut, its commit line notwithstanding."""
    await write_log(path, [[0], [1, 2]])
    path.write_bytes(path.read_bytes().replace(payload(1), b"\0" * len(payload(1))))
    assert payloads(path) == [payload(0)]
    await write_log(path, [[3]])
    assert payloads(path) == [payload(0), payload(3)]


@pytest.mark.parametrize("written", [0, 1, 30, 1000])
async def test_full_disk_cuts_back(path: Path, written: int) -> None:
    """A refused batch fails all who wait for it, leaves nothing behind, and later appends succeed."""
    disk = FullDisk()
    log = await open_log(path, disk)
    await log.append(payload(0))
    before = path.read_bytes()
    disk.room = written
    results = await asyncio.gather(*(log.append(payload(n)) for n in (1, 2)), return_exceptions=True)
    assert all(isinstance(result, StorageError) and "No space left" in str(result) for result in results)
    assert path.read_bytes() == before
    disk.room = None
    assert (await log.append(payload(3))).seq == 2
    await log.aclose()
    assert payloads(path) == [payload(0), payload(3)]


async def test_failed_cut_is_tried_again(path: Path) -> None:
    """While the file cannot be cut back nothing is appended; once it can, the log goes on."""
    disk = FullDisk()
    log = await open_log(path, disk)
    disk.room, disk.stuck = 10, True
    with pytest.raises(StorageError):
        await log.append(payload(1))
    disk.room = None
    with pytest.raises(StorageError, match="Input/output"):
        await log.append(payload(2))
    disk.stuck = False
    await log.append(payload(3))
    await log.aclose()
    assert payloads(path) == [payload(3)]


async def test_failed_writes_leave_readable_log_when_killed(path: Path, tmp_path: Path) -> None:
    """Killed between a torn write and its cut, a log opens as if the batch had never been."""
    disk = FullDisk()
    log = await open_log(path, disk)
    await log.append(payload(0))
    disk.room, disk.stuck = 25, True
    with pytest.raises(StorageError):
        await log.append(payload(1))
    copy = tmp_path / "copy.jsonl"
    shutil.copy(path, copy)
    assert payloads(copy) == [payload(0)]
    await write_log(copy, [[2]])
    assert payloads(copy) == [payload(0), payload(2)]
    await log.aclose()


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
    await log.aclose()
    assert payloads(path) == []


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


async def test_line_break_is_refused(path: Path) -> None:
    """A payload of two lines would break the format."""
    log = await open_log(path)
    with pytest.raises(ValueError, match="line break"):
        await log.append(b"{\n}")
    await log.aclose()


@pytest.mark.parametrize(
    ("log_format", "digest", "message"),
    [
        (LogFormat("synthtools-stream/other", 1), "digest", "needs synthtools-stream/other version 1"),
        (LogFormat(FORMAT.name, 2), "digest", "holds synthtools-stream/test version 1"),
        (FORMAT, "another", "another configuration"),
    ],
)
async def test_wrong_header(path: Path, log_format: LogFormat, digest: str, message: str) -> None:
    """A log of another format, version or configuration is refused in one line."""
    await write_log(path, [[0]])
    with pytest.raises(RunDirectoryError, match=message):
        await AppendLog.open(path, log_format, digest)


@pytest.mark.parametrize("content", [b"hello\n", b"hello", b'{"format":"mine, without a line end'])
async def test_foreign_file(path: Path, content: bytes) -> None:
    """Somebody else's file is refused and left alone."""
    path.write_bytes(content)
    with pytest.raises(RunDirectoryError):
        await open_log(path)
    assert path.read_bytes() == content


async def test_missing_directory(path: Path) -> None:
    """A log that cannot be opened is the run directory's fault."""
    with pytest.raises(RunDirectoryError, match="cannot open the log"):
        await open_log(path / "deeper" / "log.jsonl")
    with pytest.raises(RunDirectoryError, match="cannot open the log"):
        payloads(path)


async def test_reader_follows(path: Path) -> None:
    """A reader goes on where it stopped, and never shows half a batch."""
    await write_log(path, [[0]])
    reader = LogReader(path, FORMAT)
    assert [record.payload for record in reader] == [payload(0)]
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n":2,"c":"')
    assert list(reader) == []
    path.write_bytes(whole)
    await write_log(path, [[1]])
    assert [record.payload for record in reader] == [payload(1)]
    assert reader.end == path.stat().st_size


async def test_changed_record_is_damage(path: Path) -> None:
    """A record that changed under an open log is not handed out."""
    log = await open_log(path)
    await log.append(payload(0))
    position = await log.append(payload(1))
    path.write_bytes(path.read_bytes().replace(payload(1), payload(2)))
    with pytest.raises(LogDamage) as caught:
        await log.read(position)
    assert caught.value.line == 4
    await log.aclose()


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
