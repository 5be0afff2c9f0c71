"""A file that is there at the end only."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthtools_stream.errors import StorageError, UsageError
from synthtools_stream.storage.datasets.replaced_file import replaced_file


def test_written_as_a_whole(tmp_path: Path) -> None:
    """What stood there stands until all is written."""
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    out.write_text("before\n", encoding="utf-8")
    with replaced_file(path, out) as write:
        write({"id": "a"})
        assert out.read_text(encoding="utf-8") == "before\n"
    assert out.read_text(encoding="utf-8") == '{"id":"a"}\n'


def test_nothing_is_left_of_a_failure(tmp_path: Path) -> None:
    """Neither the file nor what was written of it."""
    with pytest.raises(TypeError), replaced_file(tmp_path / "in.jsonl", tmp_path / "out.jsonl") as write:
        write({"id": "a", "state": {1: 2}})  # type: ignore[dict-item]
    assert [*tmp_path.iterdir()] == []


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    """Told before anything is written, but for what only the disk knows."""
    path = tmp_path / "in.jsonl"
    path.touch()
    for out in (path, tmp_path / "out.parquet", tmp_path / "nowhere" / "out.jsonl"):
        with pytest.raises(UsageError), replaced_file(path, out):
            pass
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(StorageError), replaced_file(path, tmp_path / "folder.jsonl"):
        pass
