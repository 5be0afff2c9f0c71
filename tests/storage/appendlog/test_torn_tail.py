# ruff: noqa: ASYNC240 (these tests look at files while nothing else needs the loop)
"""What stands behind the last commit does not count; what is wrong before it is damage."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

import pytest

from synthtools_stream.errors import LogDamage, RunDirectoryError
from synthtools_stream.storage.appendlog import log_file, log_reader
from synthtools_stream.storage.appendlog.log_reader import LogReader
from tests.storage.appendlog.logkit import FORMAT, add_batch, payload, payloads, write_log


async def test_cut_anywhere_in_last_batch(path: Path, tmp_path: Path) -> None:
    """Wherever the last batch is torn, what was committed before stands."""
    await write_log(path, [[0, 1]])
    committed = path.stat().st_size
    add_batch(path, [2, 3])
    whole = path.read_bytes()
    torn = tmp_path / "torn.jsonl"
    for size in range(committed, len(whole)):
        torn.write_bytes(whole[:size])
        reader = LogReader(torn, FORMAT)
        assert [record.payload for record in reader] == [payload(0), payload(1)]
        assert reader.end == committed


async def test_torn_header_is_an_empty_log(path: Path) -> None:
    """A log that died while its header was written holds nothing."""
    await write_log(path, [[0]])
    header = path.read_bytes().partition(b"\n")[0]
    for size in range(len(header) + 1):
        path.write_bytes(header[:size])
        assert payloads(path) == []


async def test_flip_any_byte_before_last_batch(path: Path) -> None:
    """A changed byte before the last batch is an error that names the line, and changes nothing."""
    await write_log(path, [[0, 1], [2]])
    last = path.stat().st_size
    add_batch(path, [3])
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


async def test_holes_of_a_growing_file(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks damaged is opened once more before it is called so: a network disk may have shown it half."""
    await write_log(path, [[0], [1], [2]])
    holed = tmp_path / "holed.jsonl"
    holed.write_bytes(path.read_bytes().replace(payload(1), b"\0" * len(payload(1))))
    shown = iter([holed, path])

    def opened(asked: Path) -> AbstractContextManager[BinaryIO]:
        return log_file.open_log(next(shown, asked))

    monkeypatch.setattr(log_reader, "open_log", opened)
    assert payloads(path) == [payload(0), payload(1), payload(2)]
