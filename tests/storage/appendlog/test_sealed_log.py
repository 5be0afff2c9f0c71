"""Sealed logs: the same bytes at the same offsets, in less room, and whole after a crash at any point."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from synthtools_stream.errors import LogDamage, StorageError
from synthtools_stream.storage.appendlog import sealed_log
from synthtools_stream.storage.appendlog.log_file import bytes_on_disk, log_exists, log_size, open_log
from synthtools_stream.storage.appendlog.log_format import Record, header_line
from synthtools_stream.storage.appendlog.log_reader import LogReader, line_of
from synthtools_stream.storage.appendlog.log_replacement import rewrite_log
from synthtools_stream.storage.appendlog.record_lookup import RecordLookup
from synthtools_stream.storage.appendlog.sealed_log import (
    BLOCK_BYTES,
    SEAL_FROM,
    salvaged_blocks,
    seal,
    sealed_path,
)
from tests.storage.appendlog.logkit import FORMAT

RECORDS = 9000


def made(path: Path) -> bytes:
    """Write a log that is large enough to be sealed; returns its bytes."""
    rewrite_log(
        path, header_line(FORMAT, "digest"), (b'{"x":%d,"text":"%s"}' % (n, b"y" * (n % 300)) for n in range(RECORDS))
    )
    content = path.read_bytes()
    assert len(content) > max(SEAL_FROM, 4 * BLOCK_BYTES)
    return content


def records(path: Path) -> list[Record]:
    return list(LogReader(path, FORMAT, "digest"))


def test_reads_as_before(path: Path) -> None:
    """Lines, offsets and sizes of a sealed log are those of the plain one, in a fraction of its room."""
    content, before = made(path), records(path)
    assert seal(path)
    assert not path.exists()
    assert (log_exists(path), log_size(path)) == (True, len(content))
    assert bytes_on_disk(path) < len(content) / 5
    assert records(path) == before
    with open_log(path) as file:
        assert file.read() == content
    for record in (before[0], before[RECORDS // 2], before[-1]):
        assert line_of(path, record.position) == content.count(b"\n", 0, record.position.offset) + 1


def test_single_records(path: Path) -> None:
    """Any record is found by its old position, those that lie across two blocks among them."""
    made(path)
    everything = records(path)
    seal(path)
    lookup = RecordLookup()
    across = [one for one in everything if one.position.offset // BLOCK_BYTES != _end(one) // BLOCK_BYTES]
    assert len(across) >= 3
    for record in [*across, *everything[::97]]:
        assert lookup.read(path, record.position) == record.payload
    with pytest.raises(LogDamage, match="changed"):
        lookup.read(path, everything[5].position._replace(length=7))


def _end(record: Record) -> int:
    return record.position.offset + record.position.length


def test_follower_goes_on(path: Path) -> None:
    """A reader that has read a part goes on in the sealed log where it stopped."""
    content = made(path)
    everything, cut = records(path), content.index(b'{"commit":4096') + 4
    path.write_bytes(content[:cut])
    reader = LogReader(path, FORMAT)
    first = list(reader)
    path.write_bytes(content)
    seal(path)
    assert [*first, *reader] == everything
    assert 0 < len(first) < RECORDS


def test_small_logs_stay_plain(path: Path) -> None:
    """There is nothing to gain from a small log."""
    rewrite_log(path, header_line(FORMAT, "digest"), [b"1"])
    assert not seal(path)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk refuses it, or what was written reads otherwise, the plain log stands and nothing else."""
    content = made(path)

    def refuse(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sealed_log, "sync_directory", refuse)
    with pytest.raises(StorageError, match="No space"):
        seal(path)
    sealed_path(path).unlink()
    monkeypatch.setattr(sealed_log, "_checksum_of", Mock(side_effect=[1, 2]))
    with pytest.raises(StorageError, match="reads otherwise"):
        seal(path)
    assert path.read_bytes() == content
    assert [one.name for one in path.parent.iterdir()] == [path.name]


STEPS = {
    "in the middle of writing": "shutil.copyfileobj",
    "before its bytes are durable": "os.fsync",
    "before it is compared": "sealed_log._checksum_of",
    "before it is named": "Path.replace",
    "before its name is durable": "sealed_log.sync_directory",
    "before the plain one goes": "Path.unlink",
    "at the end": "",
}
KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from unittest.mock import Mock
from synthtools_stream.storage.appendlog import sealed_log
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
step = sys.argv[2]
if step == "shutil.copyfileobj":
    shutil.copyfileobj = lambda plain, packed, size: (packed.write(plain.read(3 * size)), die())
elif step:
    setattr(eval(step.rpartition(".")[0]), step.rpartition(".")[2], die)
sealed_log.seal(Path(sys.argv[1]))
die()
"""


@pytest.mark.parametrize("step", list(STEPS))
def test_killed_at_any_step(step: str, path: Path) -> None:
    """After a kill at any step of a sealing the log reads the same, and sealing it again ends with the sealed one."""
    content = made(path)
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), STEPS[step]], timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert path.exists() == (step != "at the end")
    with open_log(path) as file:
        assert file.read() == content
    if path.exists():
        seal(path)
    assert [one.name for one in path.parent.iterdir()] == [sealed_path(path).name]
    with open_log(path) as file:
        assert file.read() == content


def test_plain_one_wins(path: Path) -> None:
    """While the plain log is there, it is the log, whatever lies beside it; a rewritten one replaces a sealed one."""
    made(path)
    seal(path)
    packed = sealed_path(path).read_bytes()
    rewrite_log(path, header_line(FORMAT, "digest"), [b"1", b"2"])
    assert not sealed_path(path).exists()
    sealed_path(path).write_bytes(packed)
    assert [record.payload for record in records(path)] == [b"1", b"2"]


def flipped(path: Path, share: float) -> None:
    packed = bytearray(sealed_path(path).read_bytes())
    packed[int(len(packed) * share)] ^= 0x55
    sealed_path(path).write_bytes(packed)


def test_damage_is_told(path: Path) -> None:
    """A sealed log that cannot be unpacked is damage, told with its name, wherever it is noticed."""
    made(path)
    position = records(path)[RECORDS // 2].position
    seal(path)
    flipped(path, 0.5)
    for read in (lambda: records(path), lambda: [RecordLookup().read(path, position)]):
        with pytest.raises(LogDamage, match=r"test.jsonl.zst:1: the sealed log cannot be unpacked"):
            read()
    sealed_path(path).write_bytes(b"nonsense" * 9)
    with pytest.raises(LogDamage, match="cannot be unpacked"):
        log_size(path)


def salvaged(path: Path, *, content: bytes) -> Iterator[bool]:
    """Tell of each block of a log whether it can still be unpacked."""
    for number, block in enumerate(salvaged_blocks(path)):
        yield block == content[number * BLOCK_BYTES :][:BLOCK_BYTES]


def test_rest_is_salvaged(path: Path) -> None:
    """One damaged block loses that block; a lost table of frames loses nothing, a lost end what stood there."""
    content = made(path)
    seal(path)
    packed = sealed_path(path).read_bytes()
    flipped(path, 0.5)
    found = list(salvaged(path, content=content))
    assert (found.count(False), len(found)) == (1, -(-len(content) // BLOCK_BYTES))
    for size in (len(packed) - 4, len(packed) // 2):
        sealed_path(path).write_bytes(packed[:size])
        got = b"".join(salvaged_blocks(path))
        assert content.startswith(got)
        assert len(got) > len(content) * size / len(packed) - 2 * BLOCK_BYTES
