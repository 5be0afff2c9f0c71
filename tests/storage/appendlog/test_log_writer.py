# ruff: noqa: ASYNC240 (these tests look at files while nothing else needs the loop)
"""What is written is read back; what the disk refuses leaves the log as it was."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from synthtools_stream.errors import LogDamage, RunDirectoryError, StorageError
from synthtools_stream.storage.appendlog.log_format import LogFormat
from synthtools_stream.storage.appendlog.log_reader import LogReader, scan
from synthtools_stream.storage.appendlog.record_lookup import RecordLookup
from tests.storage.appendlog.logkit import FORMAT, FullDisk, add_batch, open_log, payload, payloads, write_log


async def test_append_then_scan(path: Path) -> None:
    """Records come back in order, numbered from 1, and can be read by position."""
    positions = await write_log(path, [[0, 1, 2], [3]])
    assert [record.position for record in scan(path, FORMAT)] == positions
    assert payloads(path) == [payload(number) for number in range(4)]
    assert [position.seq for position in positions] == [1, 2, 3, 4]
    assert [RecordLookup().read(path, position) for position in positions] == payloads(path)


async def test_nobody_writes_to_anothers_log(path: Path) -> None:
    """A log is its maker's alone: whoever comes later is refused and changes nothing."""
    await write_log(path, [[0, 1]])
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        await open_log(path)
    assert path.read_bytes() == before


async def test_unused_log_leaves_nothing(path: Path) -> None:
    """A log in which nothing was written is taken away; before that it reads as empty."""
    log = await open_log(path)
    assert payloads(path) == []
    await log.aclose()
    assert not path.exists()


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
    await log.aclose()


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
        list(LogReader(path, log_format, digest))


@pytest.mark.parametrize("content", [b"hello\n", b"hello"])
async def test_foreign_file(path: Path, content: bytes) -> None:
    """Somebody else's file is refused and left alone."""
    path.write_bytes(content)
    with pytest.raises(RunDirectoryError):
        payloads(path)
    with pytest.raises(FileExistsError):
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
    add_batch(path, [1])
    assert [record.payload for record in reader] == [payload(1)]
    assert reader.end == path.stat().st_size


async def test_changed_record_is_damage(path: Path) -> None:
    """A record that changed under an open log is not handed out."""
    log = await open_log(path)
    await log.append(payload(0))
    position = await log.append(payload(1))
    path.write_bytes(path.read_bytes().replace(payload(1), payload(2)))
    with pytest.raises(LogDamage) as caught:
        RecordLookup().read(path, position)
    assert caught.value.line == 4
    await log.aclose()
