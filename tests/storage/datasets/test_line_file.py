"""Rows are read under the name that they had, whether `compact` has sealed their file or not."""

from __future__ import annotations

from pathlib import Path

import pytest
import pyzstd

from synthtools_stream.assembly.run_inputs import file_digest
from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.storage.appendlog import sealed_log
from synthtools_stream.storage.appendlog.sealed_log import seal, sealed_path
from synthtools_stream.storage.datasets.dataset_reader import read_located_tasks
from synthtools_stream.storage.datasets.line_file import has_lines, is_line_file, lines_size, open_lines
from synthtools_stream.storage.datasets.row_file import open_rows

LINES = b"".join(b'{"id":"i%d","text":"%s"}\n' % (number, b"x" * (number % 50)) for number in range(30_000))
"""More than a block of a sealed file."""


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The name of a file of rows that was sealed."""
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)
    path = tmp_path / "rows.jsonl"
    path.write_bytes(LINES)
    assert seal(path)
    assert not path.exists()
    return path


def test_read_as_before(sealed: Path, tmp_path: Path) -> None:
    """Lines, rows by id, sizes and digests are those of the plain file, under either name."""
    plain = tmp_path / "plain.jsonl"
    plain.write_bytes(LINES)
    for path in (sealed, sealed_path(sealed)):
        assert (has_lines(path), is_line_file(path), lines_size(path)) == (True, True, len(LINES))
        with open_lines(path) as file:
            assert file.read() == LINES
        found = open_rows(path, ("id",))
        assert len(found.ids) == 30_000
        assert [row.row for row in found.rows(["i29999", "i7"])] == [
            row.row for row in open_rows(plain, ("id",)).rows(["i29999", "i7"])
        ]
        assert file_digest(tmp_path, path) == file_digest(tmp_path, plain)


def test_plain_counts(sealed: Path) -> None:
    """While there is a plain file, it is the one that counts."""
    sealed.write_bytes(b'{"id":"other"}\n')
    assert open_rows(sealed, ("id",)).ids == ["other"]
    assert lines_size(sealed) == 15


def test_nothing_there(tmp_path: Path) -> None:
    """No file has no lines, and is refused as before."""
    path = tmp_path / "rows.jsonl"
    assert (has_lines(path), lines_size(path)) == (False, 0)
    with pytest.raises(UsageError, match="there is no such file"):
        open_rows(path, ("id",))


def test_other_compression(tmp_path: Path) -> None:
    """A file in which no row can be found again, and one that is cut off, are refused in one line."""
    path = tmp_path / "rows.jsonl.zst"
    for content in (pyzstd.compress(LINES), pyzstd.compress(LINES)[:100], b""):
        path.write_bytes(content)
        with pytest.raises(UsageError, match=r"rows\.jsonl\.zst: cannot be read row by row; unpack it with zstd -d"):
            open_rows(path, ("id",))


def test_bad_rows_are_told_by_line(sealed: Path) -> None:
    """What is wrong with a row of a sealed file is told as with one of a plain one."""
    first = next(iter(read_located_tasks(sealed)))
    assert isinstance(first, DatasetError)
    assert str(first).startswith(f"{sealed}:1: ")
